package dev.caravan.saga.spring;

import static org.assertj.core.api.Assertions.assertThat;

import dev.caravan.saga.camel.RenamedSettings;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;

@ExtendWith(OutputCaptureExtension.class)
class OldSettingNamesTest {

    @EnableConfigurationProperties(CaravanProperties.class)
    static class Application {}

    private static CaravanProperties read(String... arguments) {
        return read(Map.of(), arguments);
    }

    private static CaravanProperties read(Map<String, Object> variables, String... arguments) {
        StandardEnvironment environment = new StandardEnvironment();
        environment
                .getPropertySources()
                .addFirst(new SystemEnvironmentPropertySource("test-systemEnvironment", variables));
        try (ConfigurableApplicationContext context = new SpringApplicationBuilder(Application.class)
                .web(WebApplicationType.NONE)
                .environment(environment)
                .run(arguments)) {
            return context.getBean(CaravanProperties.class);
        }
    }

    @Test
    void areReadWithOneWarningForEach(CapturedOutput output) {
        CaravanProperties settings = read(
                "--caravan.start-patience=3s", "--caravan.branchPatience=4s", "--caravan.lra.callback-patience=700ms");

        assertThat(settings.startTimeout()).isEqualTo(Duration.ofSeconds(3));
        assertThat(settings.branchTimeout()).isEqualTo(Duration.ofSeconds(4));
        assertThat(settings.lra().callbackTimeout()).isEqualTo(Duration.ofMillis(700));
        assertThat(RenamedSettings.newNames().keySet())
                .allSatisfy(name -> assertThat(output.getOut()).containsOnlyOnce(RenamedSettings.warning(name)));
    }

    @Test
    void areReadFromTheEnvironment(CapturedOutput output) {
        assertThat(read(Map.of("CARAVAN_STARTPATIENCE", "3s")).startTimeout()).isEqualTo(Duration.ofSeconds(3));

        assertThat(output.getOut()).contains(RenamedSettings.warning("caravan.start-patience"));
    }

    @Test
    void areIgnoredWhereTheNewOnesAreSet(CapturedOutput output) {
        assertThat(read("--caravan.start-patience=3s", "--caravan.start-timeout=5s")
                        .startTimeout())
                .isEqualTo(Duration.ofSeconds(5));

        assertThat(output.getOut()).contains("caravan.start-patience is ignored, because caravan.start-timeout is set");
    }

    @Test
    void areNotSpokenOfWhereNobodyUsesThem(CapturedOutput output) {
        read("--caravan.start-timeout=5s");

        assertThat(output.getOut()).doesNotContain("patience");
    }
}
