package dev.caravan.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.web.server.PortInUseException;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;

class LauncherTest {

    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @Test
    void returnsZeroWhenTheApplicationRuns() {
        assertThat(run(Good.class)).isZero();
        assertThat(err.toString(StandardCharsets.UTF_8)).isEmpty();
    }

    @Test
    void saysInOneLineWhatOurOwnCodeSays() {
        assertThat(run(Broken.class)).isEqualTo(1);
        assertThat(err.toString(StandardCharsets.UTF_8))
                .isEqualTo("The test cannot start: The table is gone. Bring it back" + System.lineSeparator());
    }

    @Test
    void saysWhichPropertyHasAWrongValue() {
        assertThat(run(Bound.class, "--test.size=large")).isEqualTo(1);
        assertThat(err.toString(StandardCharsets.UTF_8))
                .isEqualTo("The test cannot start: test.size cannot be 'large'" + System.lineSeparator());
    }

    @Test
    void saysWhichPortIsInUse() {
        assertThat(StartFailure.reason(new IllegalStateException(new PortInUseException(8080))))
                .isEqualTo("port 8080 is in use. Choose another with --server.port=<port>");
    }

    @Test
    void boundsWaitsForADatabaseUnlessTheApplicationDoes() {
        assertThat(run(TimeOuts.class, "--spring.datasource.hikari.data-source-properties.socketTimeout=60"))
                .isZero();
        assertThat(TimeOuts.seen).isEqualTo("10000 5 60 30s");
    }

    @Configuration
    static class TimeOuts {

        private static String seen;

        @Autowired
        void see(Environment environment) {
            seen = environment.resolveRequiredPlaceholders("${spring.datasource.hikari.connection-timeout}"
                    + " ${spring.datasource.hikari.data-source-properties.connectTimeout}"
                    + " ${spring.datasource.hikari.data-source-properties.socketTimeout}"
                    + " ${spring.transaction.default-timeout}");
        }
    }

    private int run(Class<?> application, String... arguments) {
        SpringApplicationBuilder builder = new SpringApplicationBuilder(application).web(WebApplicationType.NONE);
        return new Launcher("The test", builder).run(new PrintStream(err, true, StandardCharsets.UTF_8), arguments);
    }

    @Configuration
    static class Good {}

    @Configuration
    static class Broken {

        @Bean
        Object broken() {
            throw new IllegalStateException(
                    "The table is gone. Bring it back\nand more", new IllegalArgumentException("It cannot be read"));
        }
    }

    @Configuration
    @EnableConfigurationProperties(Size.class)
    static class Bound {}

    @ConfigurationProperties("test")
    record Size(int size) {}
}
