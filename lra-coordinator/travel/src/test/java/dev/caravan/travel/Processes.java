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
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.apache.activemq.broker.BrokerService;

/** The coordinator as it is shipped, a JMS broker, Kafka, and the four applications. */
final class Processes implements AutoCloseable {

    private static final HttpClient HTTP = HttpClient.newHttpClient();

    private final Path directory;
    private final Map<Application, Boolean> durable;
    private final Map<Application, Process> running = new EnumMap<>(Application.class);
    private final Map<Application, Integer> killed = new EnumMap<>(Application.class);
    private final Map<Application, Integer> ports = new EnumMap<>(Application.class);
    private final Map<Application, Integer> callbacks = new EnumMap<>(Application.class);
    private final BrokerService jms = new BrokerService();
    private final String jmsUrl;
    private final EmbeddedKafka kafka;
    private final Process coordinator;
    private final String coordinatorUrl;

    /** @param durable those with Caravan; the others have stock camel-lra */
    Processes(Path directory, List<Application> durable) throws Exception {
        this.directory = directory;
        this.durable = new EnumMap<>(Application.class);
        for (Application application : Application.values()) {
            this.durable.put(application, durable.contains(application));
            ports.put(application, LoopbackPorts.free());
            callbacks.put(application, LoopbackPorts.free());
        }
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

    void start() throws IOException {
        await().until(() -> isReady(coordinator, coordinatorUrl + "/actuator/health/readiness"));
        for (Application application : Application.values()) {
            start(application);
        }
        for (Application application : Application.values()) {
            awaitReady(application);
        }
    }

    private Process launch(String name, List<String> arguments) throws IOException {
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

    private void start(Application application) throws IOException {
        List<String> arguments = new ArrayList<>();
        ports.forEach((which, port) -> arguments.add("-D%s.port=%d".formatted(which.id(), port)));
        callbacks.forEach((which, port) -> arguments.add("-D%s.callbacks=%d".formatted(which.id(), port)));
        arguments.add("-Djms.url=" + jmsUrl);
        arguments.add("-Dcoordinator.url=" + coordinatorUrl);
        arguments.add("-Dkafka.brokers=" + kafka.bootstrapServers());
        arguments.add("-Dledgers=" + directory);
        arguments.addAll(List.of(
                "-cp",
                System.getProperty("java.class.path"),
                (durable.get(application) ? Durable.class : Stock.class).getName(),
                application.name()));
        running.put(application, launch(application.id(), arguments));
    }

    /** It says so, each time that it was started. */
    private void awaitReady(Application application) {
        await("start of " + application).until(() -> {
            Process process = running.get(application);
            if (!process.isAlive()) {
                throw new IllegalStateException("%s did not start:%n%s".formatted(application, log(application)));
            }
            return log(application).lines().filter(Application.READY::equals).count() >= starts(application);
        });
    }

    private long starts(Application application) {
        return killed.getOrDefault(application, 0) + 1L;
    }

    private String log(Application application) {
        try {
            return Files.readString(directory.resolve(application.id() + ".log"));
        } catch (IOException e) {
            return "";
        }
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

    Ledger ledger(Application application) {
        return new Ledger(directory, application.id());
    }

    /** With SIGKILL. */
    void kill(Application application) {
        running.get(application).destroyForcibly().onExit().join();
        killed.merge(application, 1, Integer::sum);
    }

    void startAgain(Application application) throws IOException {
        start(application);
        awaitReady(application);
    }

    /** Asks for a trip; the answer fails when the application is killed. */
    CompletableFuture<Integer> order(String trip, String header, String value) {
        return HTTP.sendAsync(
                        HttpRequest.newBuilder(
                                        URI.create("http://127.0.0.1:%d/trips".formatted(ports.get(Application.TRIP))))
                                .header("trip", trip)
                                .header(header, value)
                                .POST(HttpRequest.BodyPublishers.noBody())
                                .build(),
                        HttpResponse.BodyHandlers.discarding())
                .thenApply(HttpResponse::statusCode);
    }

    /** What the coordinator has not ended yet. */
    String open() throws IOException {
        return get(coordinatorUrl + "/lra-coordinator").body();
    }

    @Override
    public void close() {
        running.values().forEach(Process::destroyForcibly);
        coordinator.destroyForcibly();
        try {
            jms.stop();
        } catch (Exception e) {
            throw new IllegalStateException("The JMS broker did not stop", e);
        }
        kafka.close();
    }
}
