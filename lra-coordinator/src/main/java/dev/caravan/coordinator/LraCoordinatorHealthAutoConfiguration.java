package dev.caravan.coordinator;

import org.springframework.boot.actuate.health.Health;
import org.springframework.boot.actuate.health.HealthIndicator;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.context.annotation.Bean;

/**
 * Contributes {@code lraStore} to the health of an application that has the actuator: up with the number of LRAs by
 * status while the store is open, or the log answers; out of service otherwise.
 */
@AutoConfiguration(after = {LraCoordinatorAutoConfiguration.class, LoggedLraAutoConfiguration.class})
@ConditionalOnClass(HealthIndicator.class)
@ConditionalOnBean(OpenLras.class)
public class LraCoordinatorHealthAutoConfiguration {

    /** Used by Spring. */
    public LraCoordinatorHealthAutoConfiguration() {}

    @Bean
    HealthIndicator lraStoreHealthIndicator(OpenLras coordinator) {
        return () -> coordinator.canWrite()
                ? Health.up().withDetails(coordinator.countByStatus()).build()
                : Health.outOfService().build();
    }
}
