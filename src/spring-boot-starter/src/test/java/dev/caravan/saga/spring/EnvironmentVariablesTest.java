package dev.caravan.saga.spring;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;

/** The settings can be written as variables of the environment, with an underscore for each dot and dash. */
class EnvironmentVariablesTest {

    @Test
    void areBound() {
        StandardEnvironment environment = new StandardEnvironment();
        environment
                .getPropertySources()
                .replace(
                        StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME,
                        new SystemEnvironmentPropertySource(
                                StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME,
                                Map.of(
                                        "CARAVAN_COORDINATOR", "log",
                                        "CARAVAN_INSTANCE_ID", "pod-1",
                                        "CARAVAN_LRA_CALLBACK_SECRET", "a secret of this test",
                                        "CARAVAN_LOG_CARRY_AFTER", "2d",
                                        "CAMEL_LRA_COORDINATOR_URL", "http://lra-coordinator:8070",
                                        "ROUTES", "/routes")));

        CaravanProperties properties =
                Binder.get(environment).bind("caravan", CaravanProperties.class).get();

        assertThat(properties.coordinator()).isEqualTo(CaravanProperties.Coordinator.LOG);
        assertThat(properties.instanceId()).isEqualTo("pod-1");
        assertThat(properties.lra().callbackSecret()).isEqualTo("a secret of this test");
        assertThat(properties.log().carryAfter()).isEqualTo(Duration.ofDays(2));
        assertThat(environment.getProperty("camel.lra.coordinator-url")).isEqualTo("http://lra-coordinator:8070");
        assertThat(environment.containsProperty("routes")).isTrue();
    }
}
