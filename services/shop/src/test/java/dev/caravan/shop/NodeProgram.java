package dev.caravan.shop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.abort;

import dev.caravan.testing.HangLimit;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A program of Node.js that lives with the documents, with the packages that it names. */
final class NodeProgram implements AutoCloseable {

    private static final Path EXAMPLES = Path.of("..", "..", "src", "docs", "examples");
    private final Path directory;
    private final String script;
    private final Map<String, String> environment;
    private Process process;

    private NodeProgram(Path directory, String script, Map<String, String> environment) {
        this.directory = directory;
        this.script = script;
        this.environment = environment;
    }

    /** Skips the test, and says why, where Node.js is missing or the registry of npm is out of reach. */
    static NodeProgram installed(String example, String script, Map<String, String> environment) {
        NodeProgram program = new NodeProgram(FreshDataDirectory.make(example), script, environment);
        try (Stream<Path> files = Files.list(EXAMPLES.resolve(example))) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Files.copy(file, program.directory.resolve(file.getFileName()));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        program.install();
        return program;
    }

    private void install() {
        Path log = directory.resolve("npm.log");
        try {
            Process npm = start(log, "npm", "ci", "--prefer-offline", "--no-audit", "--no-fund");
            assertThat(npm.waitFor(HangLimit.SECONDS, TimeUnit.SECONDS))
                    .as("npm has ended")
                    .isTrue();
            String said = Files.readString(log);
            if (npm.exitValue() != 0
                    && said.matches("(?s).*(ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ETIMEDOUT|ENETUNREACH).*")) {
                skip("the registry of npm is out of reach");
            }
            assertThat(npm.exitValue()).as(said).isZero();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        } catch (IOException e) {
            skip("Node.js with npm is not installed: " + e.getMessage());
        }
    }

    private static void skip(String why) {
        System.out.println("SKIPPED: the participant in Node.js was not tested, because " + why);
        abort(why);
    }

    private Process start(Path log, String... command) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile());
        builder.environment().putAll(environment);
        return builder.start();
    }

    /** Returns when the program says that it is ready. */
    NodeProgram start() {
        try {
            Path log = Files.createTempFile(directory, "out-", ".log");
            process = start(log, "node", script);
            await().until(() -> !process.isAlive() || lines(log).contains("ready"));
            assertThat(process.isAlive()).as("%s", lines(log)).isTrue();
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<String> lines(Path log) {
        try {
            return Files.readAllLines(log);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** SIGTERM. */
    int terminate() {
        process.destroy();
        return end();
    }

    /** SIGKILL. */
    void kill() {
        process.destroyForcibly();
        end();
    }

    private int end() {
        try {
            assertThat(process.waitFor(HangLimit.SECONDS, TimeUnit.SECONDS)).isTrue();
            return process.exitValue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        if (process != null) {
            kill();
        }
    }
}
