package dev.caravan.coordinator;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.actuate.health.HealthIndicator;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;

class LraCoordinatorAutoConfigurationTest {

    @TempDir
    Path store;

    private final WebApplicationContextRunner runner = new WebApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(
                    LraCoordinatorAutoConfiguration.class, LraCoordinatorHealthAutoConfiguration.class));

    @Test
    void doesNothingUnlessAskedTo() {
        runner.run(application -> assertThat(application).doesNotHaveBean(LraCoordinator.class));
        assertThat(store).isEmptyDirectory();
    }

    @Test
    void runsWithoutTheActuator() {
        embedded()
                .withClassLoader(new FilteredClassLoader(HealthIndicator.class))
                .run(application -> assertThat(application)
                        .hasSingleBean(LraCoordinator.class)
                        .doesNotHaveBean("lraStoreHealthIndicator"));
    }

    @Test
    void isRunningBetweenStartAndStop() {
        embedded().run(application -> {
            LraCoordinator coordinator = application.getBean(LraCoordinator.class);
            assertThat(coordinator.isRunning()).isTrue();
            application.stop();
            assertThat(coordinator.isRunning()).isFalse();
        });
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "recovery-period=0s",
                "participant-timeout=-1s",
                "recovery-first-delay=0s",
                "recovery-max-delay=10ms",
                "give-up-after=-1s",
                "secret=short",
                "recovery-threads=0",
                "journal-flushes-per-second=0",
                "node-id=a name with blanks"
            })
    void namesThePropertyThatCannotBeUsed(String property) {
        embedded().withPropertyValues("caravan.lra.coordinator." + property).run(application -> assertThat(application)
                .getFailure()
                .rootCause()
                .hasMessageContaining("caravan.lra.coordinator." + property.split("=")[0]));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "0.0.0.0", "::", "192.0.2.1", "no.such.host.invalid"})
    void startsOnNoOtherAddressThanLoopbackWithoutASecret(String address) {
        embedded()
                .withPropertyValues("server.address=" + address)
                .run(application ->
                        assertThat(application).getFailure().rootCause().isInstanceOf(OpenToOthersException.class));
        assertThat(store).isEmptyDirectory();
    }

    @Test
    void saysInOneLineThatItNeedsASecret() {
        ByteArrayOutputStream errors = new ByteArrayOutputStream();

        int exit = LraCoordinatorApplication.run(
                System.out,
                new PrintStream(errors, true, StandardCharsets.UTF_8),
                "--host=0.0.0.0",
                "--port=0",
                "--store=" + store);

        assertThat(exit).isEqualTo(1);
        assertThat(errors.toString(StandardCharsets.UTF_8).lines())
                .singleElement()
                .asString()
                .contains("would take requests on 0.0.0.0 from anybody", "caravan.lra.coordinator.secret");
    }

    @Test
    void startsOnAnyAddressWithASecret() {
        embedded()
                .withPropertyValues("server.address=0.0.0.0", "caravan.lra.coordinator.secret=0123456789abcdef")
                .run(application -> assertThat(application).hasSingleBean(LraCoordinator.class));
    }

    private WebApplicationContextRunner embedded() {
        return runner.withPropertyValues(
                "caravan.lra.coordinator.embedded=true",
                "caravan.lra.coordinator.store-dir=" + store,
                "server.address=127.0.0.1");
    }
}
