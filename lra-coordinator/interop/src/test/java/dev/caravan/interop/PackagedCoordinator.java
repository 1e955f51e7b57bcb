package dev.caravan.interop;

import static org.awaitility.Awaitility.await;

import dev.caravan.embeddedkafka.LoopbackPorts;
import java.io.IOException;
import java.net.ConnectException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/** The coordinator as it is shipped: {@code java -jar}, with an empty store; of kind {@code log} if there are brokers. */
final class PackagedCoordinator implements AutoCloseable {

    private final int port;
    private final Process process;

    PackagedCoordinator() throws IOException {
        this(System.getProperty("lra.coordinator.brokers", ""));
    }

    /** @param brokers empty: it is of kind {@code narayana} */
    PackagedCoordinator(String brokers) throws IOException {
        port = LoopbackPorts.free();
        Path directory = Files.createTempDirectory("coordinator");
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-jar",
                System.getProperty("lra.coordinator.jar"),
                "--port=" + port,
                "--store=" + directory.resolve("store")));
        if (!brokers.isEmpty()) {
            command.add("--caravan.lra.coordinator.kind=log");
            command.add("--caravan.lra.coordinator.log.topic=interop-" + UUID.randomUUID());
            command.add("--caravan.lra.coordinator.log.kafka.bootstrap.servers=" + brokers);
        }
        process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("coordinator.log").toFile())
                .start();
        await().until(this::isReady);
    }

    String url() {
        return "http://127.0.0.1:" + port;
    }

    private boolean isReady() throws IOException {
        if (!process.isAlive()) {
            throw new IllegalStateException("The coordinator did not start: exit code " + process.exitValue());
        }
        try {
            URI readiness = URI.create(url() + "/actuator/health/readiness");
            return ((HttpURLConnection) readiness.toURL().openConnection()).getResponseCode() == 200;
        } catch (ConnectException e) {
            return false;
        }
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
