package dev.caravan.shop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.caravan.testing.HangLimit;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/** A Java program in a process of its own, which can be killed. */
public final class JavaProcess implements AutoCloseable {

    private final Process process;
    private final Path out;
    private final Path err;

    private JavaProcess(Path directory, List<String> program, String... arguments) {
        this(directory, Map.of(), program, arguments);
    }

    private JavaProcess(Path directory, Map<String, String> environment, List<String> program, String... arguments) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Xshare:auto",
                "-Djava.io.tmpdir=" + System.getProperty("java.io.tmpdir")));
        command.addAll(program);
        command.addAll(Arrays.asList(arguments));
        try {
            Files.createDirectories(directory);
            out = Files.createTempFile(directory, "out-", ".log");
            err = Files.createTempFile(directory, "err-", ".log");
            ProcessBuilder builder = new ProcessBuilder(command)
                    .directory(directory.toFile())
                    .redirectOutput(out.toFile())
                    .redirectError(err.toFile());
            builder.environment().putAll(environment);
            process = builder.start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * From the class path of the test without the tests.
     *
     * @param directory where it works, and where its output goes
     */
    public static JavaProcess start(Path directory, Class<?> program, String... arguments) {
        return new JavaProcess(directory, List.of("-cp", classPath(), program.getName()), arguments);
    }

    private static String classPath() {
        String all = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        return Arrays.stream(all.split(File.pathSeparator))
                .filter(entry -> !entry.endsWith("test-classes"))
                .collect(Collectors.joining(File.pathSeparator));
    }

    /** From the jar that can be run, beside the one that the program is in: with its own libraries, and no others. */
    public static JavaProcess startAlone(Path directory, Class<?> program, String... arguments) {
        return startAlone(directory, program, Map.of(), arguments);
    }

    /** As {@link #startAlone(Path, Class, String...)}, with more variables in its environment. */
    static JavaProcess startAlone(
            Path directory, Class<?> program, Map<String, String> environment, String... arguments) {
        Path jar = Path.of(URI.create(
                program.getProtectionDomain().getCodeSource().getLocation().toString()));
        Path alone = jar.resolveSibling(jar.getFileName().toString().replaceAll("\\.jar$", "-exec.jar"));
        return new JavaProcess(directory, environment, List.of("-jar", alone.toString()), arguments);
    }

    /** @param program options of the JVM, class path, main class and arguments */
    public static JavaProcess startProgram(Path directory, List<String> program, Map<String, String> environment) {
        return new JavaProcess(directory, environment, program);
    }

    /** Waits until the program says over HTTP that it is ready. */
    public JavaProcess ready(int port) {
        await().pollInterval(Duration.ofMillis(100)).until(() -> !process.isAlive() || isReady(port));
        assertThat(process.isAlive()).as("%s%s", lines(out), lines(err)).isTrue();
        return this;
    }

    private static boolean isReady(int port) {
        try {
            HttpURLConnection readiness =
                    (HttpURLConnection) URI.create("http://127.0.0.1:" + port + "/actuator/health/readiness")
                            .toURL()
                            .openConnection();
            return readiness.getResponseCode() == HttpURLConnection.HTTP_OK;
        } catch (IOException e) {
            return false;
        }
    }

    /** SIGKILL. */
    public void kill() {
        process.destroyForcibly();
        exitCode();
    }

    /** SIGTERM. */
    public int terminate() {
        process.destroy();
        return exitCode();
    }

    public int exitCode() {
        try {
            assertThat(process.waitFor(HangLimit.SECONDS, TimeUnit.SECONDS))
                    .as("has ended: %s", lines(out))
                    .isTrue();
            return process.exitValue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** Waits for the end; ends the program by force if it goes on. */
    public void saysInOneLineWhyItCannotStart(String start, String why) {
        try {
            assertThat(exitCode()).isEqualTo(1);
            assertThat(standardError())
                    .singleElement()
                    .asString()
                    .startsWith(start)
                    .contains(why);
            assertThat(lines(out))
                    .noneMatch(line -> line.matches("\\s+(at |java\\.base@).*") || line.contains("Exception"));
        } finally {
            close();
        }
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    public List<String> standardError() {
        return lines(err);
    }

    private static List<String> lines(Path file) {
        try {
            return Files.readAllLines(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        kill();
    }
}
