package dev.caravan.saga.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import dev.caravan.saga.docs.Repository;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Runs spin, and what it makes, in a directory of its own below target/. */
final class Checker {

    private static final long LIMIT_MINUTES = 60;

    private final Path directory;
    private final Path model;

    Checker(String model, List<String> definitions) throws IOException {
        String name = (model + String.join("", definitions)).replaceAll("[^A-Za-z0-9-]", "_");
        directory = Files.createDirectories(Path.of("target", "protocol", name).toAbsolutePath());
        this.model = directory.resolve(model + ".pml");
        Files.writeString(this.model, Repository.text("src/docs/protocol/%s.pml".formatted(model)));
    }

    Path model() {
        return model;
    }

    boolean has(String tool) {
        return Stream.of(System.getenv("PATH").split(Pattern.quote(File.pathSeparator)))
                .anyMatch(place -> Files.isExecutable(Path.of(place, tool)));
    }

    /** @return what it printed; the run has ended with 0 */
    String run(List<String> command) throws IOException, InterruptedException {
        Path output = directory.resolve(Path.of(command.get(0)).getFileName() + ".out");
        Process process = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        try {
            assertThat(process.waitFor(LIMIT_MINUTES, TimeUnit.MINUTES))
                    .as("%s ends within %d minutes", command, LIMIT_MINUTES)
                    .isTrue();
        } finally {
            process.destroyForcibly();
        }
        String printed = Files.readString(output);
        assertThat(process.exitValue()).as("%s: %s", command, printed).isZero();
        return printed;
    }
}
