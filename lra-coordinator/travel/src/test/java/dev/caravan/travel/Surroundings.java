package dev.caravan.travel;

import static org.awaitility.Awaitility.await;

import dev.caravan.embeddedkafka.EmbeddedKafka;
import dev.caravan.embeddedkafka.EmbeddedKafkaOptions;
import dev.caravan.embeddedkafka.LoopbackPorts;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.activemq.broker.BrokerService;

/** What applications need: the coordinator as it is shipped, a JMS broker and Kafka; and how they become processes. */
final class Surroundings implements AutoCloseable {

    private static final HttpClient HTTP = HttpClient.newHttpClient();

    private final Path directory;
    private final BrokerService jms = new BrokerService();
    private final String jmsUrl;
    private final EmbeddedKafka kafka;
    private final Process coordinator;
    private final String coordinatorUrl;

    Surroundings(Path directory) throws Exception {
        this.directory = directory;
        jms.setPersistent(false);
        jms.setUseJmx(false);
        jms.setDataDirectory(directory.resolve("jms").toString());
        jms.addConnector("tcp://127.0.0.1:0");
        jms.start();
        jms.waitUntilStarted();
        jmsUrl = jms.getTransportConnectorByScheme("tcp").getPublishableConnectString();
        kafka = EmbeddedKafka.start(EmbeddedKafkaOptions.in(directory.resolve("kafka")));
        int port = LoopbackPorts.free();
        coordinatorUrl = "http://127.0.0.1:" + port;
        coordinator = launch(
                "coordinator",
                List.of(
                        "-jar",
                        System.getProperty("lra.coordinator.jar"),
                        "--port=" + port,
                        "--store=" + directory.resolve("store"),
                        "--caravan.lra.coordinator.kind=" + System.getProperty("lra.coordinator.kind", "narayana"),
                        "--caravan.lra.coordinator.log.kafka.bootstrap.servers=" + kafka.bootstrapServers()));
    }

    /** @param name what it says is appended to the log of that name */
    Process launch(String name, List<String> arguments) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xmx256m"));
        command.addAll(arguments);
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(
                        directory.resolve(name + ".log").toFile()))
                .start();
    }

    /** @param starts how often it was started under this name, and is to have said that it is ready */
    void awaitReady(String name, Process process, long starts) {
        await("start of " + name).until(() -> {
            if (!process.isAlive()) {
                throw new IllegalStateException("%s did not start:%n%s".formatted(name, log(name)));
            }
            return log(name).lines().filter(Application.READY::equals).count() >= starts;
        });
    }

    /** What it has said. */
    String log(String name) {
        try {
            return Files.readString(directory.resolve(name + ".log"));
        } catch (IOException e) {
            return "";
        }
    }

    void awaitCoordinator() {
        await().until(() -> isReady(coordinator, coordinatorUrl + "/actuator/health/readiness"));
    }

    private static boolean isReady(Process process, String url) {
        if (!process.isAlive()) {
            throw new IllegalStateException("The coordinator did not start: exit code " + process.exitValue());
        }
        try {
            return get(url).statusCode() == 200;
        } catch (IOException e) {
            return false;
        }
    }

    private static HttpResponse<String> get(String url) throws IOException {
        try {
            return HTTP.send(HttpRequest.newBuilder(URI.create(url)).build(), HttpResponse.BodyHandlers.ofString());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    String jmsUrl() {
        return jmsUrl;
    }

    String brokers() {
        return kafka.bootstrapServers();
    }

    String coordinatorUrl() {
        return coordinatorUrl;
    }

    /** What the coordinator has not ended yet. */
    String open() throws IOException {
        return get(coordinatorUrl + "/lra-coordinator").body();
    }

    @Override
    public void close() {
        coordinator.destroyForcibly();
        try {
            jms.stop();
        } catch (Exception e) {
            throw new IllegalStateException("The JMS broker did not stop", e);
        }
        kafka.close();
    }
}
