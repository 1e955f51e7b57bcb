package dev.caravan.saga.spring;

import dev.caravan.saga.engine.SagaHost;
import dev.caravan.saga.kafka.KafkaClients;
import dev.caravan.saga.kafka.KafkaHostLoop;
import dev.caravan.saga.kafka.KafkaParticipants;
import dev.caravan.saga.kafka.SagaHealthCheck;
import java.util.Optional;
import org.apache.camel.CamelContext;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingClass;
import org.springframework.context.annotation.Bean;

/** From Spring Boot 4 on, whose health is in another package: the check {@code caravan} in Camel's part of it. */
@AutoConfiguration(after = {CaravanAutoConfiguration.class, LraAutoConfiguration.class})
@ConditionalOnMissingClass("org.springframework.boot.actuate.health.HealthIndicator")
@ConditionalOnBean(SagaHost.class)
public class CamelHealthAutoConfiguration {

    @Bean
    SagaHealthCheck caravanHealthCheck(
            CamelContext context,
            SagaHost host,
            KafkaClients clients,
            ObjectProvider<KafkaHostLoop> loop,
            KafkaParticipants participants) {
        return new SagaHealthCheck(host, clients, Optional.ofNullable(loop.getIfAvailable()), participants)
                .registerIn(context);
    }
}
