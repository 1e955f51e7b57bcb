package dev.caravan.saga.spring;

import dev.caravan.saga.engine.SagaHost;
import dev.caravan.saga.kafka.KafkaClients;
import dev.caravan.saga.kafka.KafkaHostLoop;
import dev.caravan.saga.kafka.KafkaParticipants;
import dev.caravan.saga.lra.LraSagaService;
import java.util.LinkedHashMap;
import java.util.Map;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.actuate.health.CompositeHealthContributor;
import org.springframework.boot.actuate.health.HealthContributor;
import org.springframework.boot.actuate.health.HealthIndicator;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.context.annotation.Bean;
import org.springframework.core.env.Environment;

/**
 * The component {@code caravan} of the health endpoint: {@code host}, {@code kafka}, and {@code coordinator} in mode
 * {@code lra}. It belongs into the readiness of an application; an application that is not ready needs no restart.
 */
@AutoConfiguration(after = {CaravanAutoConfiguration.class, LraAutoConfiguration.class})
@ConditionalOnClass(HealthIndicator.class)
@ConditionalOnBean(SagaHost.class)
public class HealthAutoConfiguration {

    @Bean
    KafkaHealth caravanKafkaHealth(KafkaClients clients) {
        return new KafkaHealth(clients);
    }

    @Bean
    HealthContributor caravanHealthContributor(
            SagaHost host,
            KafkaHealth kafka,
            ObjectProvider<KafkaHostLoop> loop,
            ObjectProvider<KafkaParticipants> participants,
            ObjectProvider<LraSagaService> lra,
            Environment environment) {
        Map<String, HealthContributor> parts = new LinkedHashMap<>();
        parts.put("host", new SagaHostHealth(host, () -> loop.stream()
                .flatMap(hosts -> hosts.stopped().stream())
                .findFirst()
                .or(() -> participants.stream()
                        .flatMap(here -> here.stopped().stream())
                        .findFirst())));
        parts.put("kafka", kafka);
        lra.ifAvailable(service ->
                parts.put("coordinator", new CoordinatorHealth(LraAutoConfiguration.coordinator(environment))));
        return CompositeHealthContributor.fromMap(parts);
    }
}
