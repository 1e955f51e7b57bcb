package dev.caravan.saga.docs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.caravan.testing.HangLimit;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Prometheus itself evaluates the rules for alerts on recorded series, where its promtool is on the path. */
class AlertRulesTest {

    @Test
    void fireForWhatIsWrongAndNotForHealthyWaiting(@TempDir Path directory) throws Exception {
        Optional<Path> promtool = promtool();
        Assumptions.assumeTrue(promtool.isPresent(), "No promtool: install prometheus. The rules are NOT evaluated.");
        Path rules = Repository.ROOT.resolve("src/docs/observability/alerts.yaml");
        Path series = directory.resolve("recorded.yaml");
        Files.writeString(
                series,
                Repository.text("src/test/src/test/resources/alerts/recorded.yaml")
                        .replace("[RULES]", "[" + rules.toAbsolutePath() + "]"));

        assertThat(run(directory, promtool.get(), "check", "rules", rules.toAbsolutePath()))
                .contains("SUCCESS");
        assertThat(run(directory, promtool.get(), "test", "rules", series)).contains("SUCCESS");
    }

    /** The whole address where the application says it ({@code caravan.console.url}), a path otherwise. */
    @Test
    void linkToTheConsoleOfTheApplication() {
        String rules = Repository.text("src/docs/observability/alerts.yaml");
        String link =
                "console: '{{ with query (printf \"caravan_console{job=%q}\" $labels.job) }}{{ . | first | label \"url\" }}"
                        + "{{ else }}/actuator/hawtio/sagas{{ end }}";

        assertThat(rules.lines().filter(line -> line.contains("- alert:"))).hasSizeGreaterThan(10);
        assertThat(rules.lines().filter(line -> line.contains(link)))
                .hasSameSizeAs(
                        rules.lines().filter(line -> line.contains("- alert:")).toList());
    }

    private static Optional<Path> promtool() {
        return Stream.of(System.getenv("PATH").split(File.pathSeparator))
                .map(directory -> Path.of(directory, "promtool"))
                .filter(Files::isExecutable)
                .findFirst();
    }

    private static String run(Path directory, Object... command) throws IOException, InterruptedException {
        Path said = directory.resolve("said.txt");
        Process process = new ProcessBuilder(
                        Stream.of(command).map(Object::toString).toList())
                .redirectErrorStream(true)
                .redirectOutput(said.toFile())
                .start();
        try {
            assertThat(process.waitFor(HangLimit.TIME.toMillis(), TimeUnit.MILLISECONDS))
                    .isTrue();
            assertThat(process.exitValue()).as(Files.readString(said)).isZero();
            return Files.readString(said);
        } finally {
            process.destroyForcibly();
        }
    }
}
