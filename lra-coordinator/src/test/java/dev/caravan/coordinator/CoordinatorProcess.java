package dev.caravan.coordinator;

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
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The coordinator in a process of its own, from the class path of the test, so that it can be killed. */
final class CoordinatorProcess implements AutoCloseable {

    private static final List<String> QUICK_TO_START = List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC");
    private static final List<String> FOR_WORK = List.of("-XX:+UseParallelGC", "-Xmx512m");
    private static final String CORE_TESTS =
            Path.of("core", "target", "test-classes").toString();

    private final int port;
    private final Path output;
    private final Process process;

    private CoordinatorProcess(List<String> javaOptions, int port, Path directory, List<String> options) {
        this.port = port;
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(javaOptions);
        command.addAll(List.of(
                "-Djava.io.tmpdir=" + System.getProperty("java.io.tmpdir"),
                "-cp",
                classPath(),
                LraCoordinatorApplication.class.getName(),
                "--port=" + port));
        command.addAll(options);
        try {
            Files.createDirectories(directory);
            output = Files.createTempFile(directory, "coordinator-", ".log");
            process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(output.toFile())
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** That of this process, but for what the tests of the library bring: it would not log as by itself. */
    private static String classPath() {
        String all = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        return Stream.of(all.split(File.pathSeparator))
                .filter(entry -> !entry.contains("caravan-core") && !entry.contains(CORE_TESTS))
                .collect(Collectors.joining(File.pathSeparator));
    }

    /** Returns as soon as the process exists. */
    static CoordinatorProcess launch(int port, Path directory, String... options) {
        return new CoordinatorProcess(QUICK_TO_START, port, directory, Arrays.asList(options));
    }

    /** Returns when the coordinator is ready; recovers often, and keeps its store in the directory. */
    static CoordinatorProcess start(int port, Path directory, String... options) {
        List<String> all = new ArrayList<>(List.of("--store=" + directory.resolve("store"), "--recovery-period=200ms"));
        all.addAll(Arrays.asList(options));
        return start(new CoordinatorProcess(QUICK_TO_START, port, directory, all));
    }

    /** Returns when the coordinator is ready, which was started as if for work. */
    static CoordinatorProcess startForWork(int port, Path directory, String... options) {
        return start(new CoordinatorProcess(FOR_WORK, port, directory, Arrays.asList(options)));
    }

    private static CoordinatorProcess start(CoordinatorProcess coordinator) {
        await().pollInterval(Duration.ofMillis(50)).until(coordinator::isReadyOrDead);
        if (!coordinator.process.isAlive()) {
            throw new AssertionError("the coordinator did not start: " + coordinator.output());
        }
        return coordinator;
    }

    /** That it has used until now. */
    Duration cpu() {
        return process.info().totalCpuDuration().orElseThrow();
    }

    long pid() {
        return process.pid();
    }

    /** SIGKILL. */
    void kill() {
        process.destroyForcibly();
        exitCode();
    }

    /** SIGSTOP: it does nothing until it thaws, and does not know of that. */
    void freeze() {
        signal("STOP");
    }

    /** SIGCONT. */
    void thaw() {
        signal("CONT");
    }

    private void signal(String name) {
        try {
            Process kill = new ProcessBuilder("kill", "-" + name, String.valueOf(pid()))
                    .inheritIO()
                    .start();
            if (kill.waitFor() != 0) {
                throw new AssertionError("no SIG" + name + " to the coordinator");
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** SIGTERM. */
    int terminate() {
        process.destroy();
        return exitCode();
    }

    int exitCode() {
        try {
            if (!process.waitFor(HangLimit.SECONDS, TimeUnit.SECONDS)) {
                throw new AssertionError("the coordinator does not end: " + output());
            }
            return process.exitValue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** What it wrote to its standard output and error. */
    List<String> output() {
        try {
            return Files.readAllLines(output);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        kill();
    }

    private boolean isReadyOrDead() {
        if (!process.isAlive()) {
            return true;
        }
        try {
            var readiness = (HttpURLConnection) URI.create("http://127.0.0.1:" + port + "/actuator/health/readiness")
                    .toURL()
                    .openConnection();
            return readiness.getResponseCode() == HttpURLConnection.HTTP_OK;
        } catch (IOException e) {
            return false;
        }
    }
}
