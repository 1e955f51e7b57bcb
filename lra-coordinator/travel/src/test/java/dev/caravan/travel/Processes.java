package dev.caravan.travel;

import dev.caravan.embeddedkafka.LoopbackPorts;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/** The four applications and what they need. */
final class Processes implements AutoCloseable {

    private static final HttpClient HTTP = HttpClient.newHttpClient();

    private final Path directory;
    private final Map<Application, Boolean> durable;
    private final Map<Application, Process> running = new EnumMap<>(Application.class);
    private final Map<Application, Integer> killed = new EnumMap<>(Application.class);
    private final Map<Application, Integer> ports = new EnumMap<>(Application.class);
    private final Map<Application, Integer> callbacks = new EnumMap<>(Application.class);
    private final Surroundings surroundings;

    /** @param durable those with Caravan; the others have stock camel-lra */
    Processes(Path directory, List<Application> durable) throws Exception {
        this.directory = directory;
        this.durable = new EnumMap<>(Application.class);
        for (Application application : Application.values()) {
            this.durable.put(application, durable.contains(application));
            ports.put(application, LoopbackPorts.free());
            callbacks.put(application, LoopbackPorts.free());
        }
        surroundings = new Surroundings(directory);
    }

    void start() throws IOException {
        surroundings.awaitCoordinator();
        for (Application application : Application.values()) {
            start(application);
        }
        for (Application application : Application.values()) {
            awaitReady(application);
        }
    }

    private void start(Application application) throws IOException {
        List<String> arguments = new ArrayList<>();
        ports.forEach((which, port) -> arguments.add("-D%s.port=%d".formatted(which.id(), port)));
        callbacks.forEach((which, port) -> arguments.add("-D%s.callbacks=%d".formatted(which.id(), port)));
        arguments.add("-Djms.url=" + surroundings.jmsUrl());
        arguments.add("-Dcoordinator.url=" + surroundings.coordinatorUrl());
        arguments.add("-Dkafka.brokers=" + surroundings.brokers());
        arguments.add("-Dledgers=" + directory);
        arguments.addAll(List.of(
                "-cp",
                System.getProperty("java.class.path"),
                (durable.get(application) ? Durable.class : Stock.class).getName(),
                application.name()));
        running.put(application, surroundings.launch(application.id(), arguments));
    }

    private void awaitReady(Application application) {
        long starts = killed.getOrDefault(application, 0) + 1L;
        surroundings.awaitReady(application.id(), running.get(application), starts);
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
        return surroundings.open();
    }

    @Override
    public void close() {
        running.values().forEach(Process::destroyForcibly);
        surroundings.close();
    }
}
