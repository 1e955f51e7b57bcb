package dev.caravan.coordinator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LaunchOptionTest {

    @Test
    void translatesOptionsAndLeavesProperties() {
        assertThat(LaunchOption.toSpringArguments("--port=1", "--log-level=DEBUG", "--management.server.port=2"))
                .containsExactly("--server.port=1", "--logging.level.root=DEBUG", "--management.server.port=2");
    }

    @ParameterizedTest
    @ValueSource(strings = {"--prot=1", "--port", "--port=", "port=1", "-p"})
    void refusesWhatItDoesNotKnow(String argument) {
        assertThatThrownBy(() -> LaunchOption.toSpringArguments(argument))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(argument.split("=")[0]);
    }

    @Test
    void listsEachOptionInTheHelpWithTheDefaultThatHolds() throws IOException {
        Properties defaults = new Properties();
        try (InputStream file = getClass().getResourceAsStream("/lra-coordinator.properties")) {
            defaults.load(file);
        }

        assertThat(LaunchOption.help())
                .contains(
                        "--host=",
                        "--port=",
                        "--store=",
                        "--recovery-period=",
                        "--participant-timeout=",
                        "--log-level=")
                .contains("(default " + defaults.getProperty("server.address") + ")")
                .contains("(default " + defaults.getProperty("server.port") + ")");
    }
}
