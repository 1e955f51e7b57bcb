package dev.caravan.saga.spring;

import dev.caravan.saga.host.SagaHost;
import org.springframework.boot.actuate.health.HealthIndicator;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.context.annotation.Bean;

/** The component {@code caravan} of the health endpoint. */
@AutoConfiguration(after = CaravanAutoConfiguration.class)
@ConditionalOnClass(HealthIndicator.class)
@ConditionalOnBean(SagaHost.class)
public class HealthAutoConfiguration {

    @Bean
    HealthIndicator caravanHealthIndicator(SagaHost host) {
        return new SagaHostHealth(host);
    }
}
