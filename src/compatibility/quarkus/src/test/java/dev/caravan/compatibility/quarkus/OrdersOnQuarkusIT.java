package dev.caravan.compatibility.quarkus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.caravan.compatibility.Broker;
import dev.caravan.compatibility.Child;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What Quarkus has built of the application, in a process of its own, on a broker in another one. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class OrdersOnQuarkusIT {

    private static final Path ROUTES =
            Path.of("..", "..", "..", "routes").toAbsolutePath().normalize();
    private static final Path PROGRAM =
            Path.of("target", "quarkus-app", "quarkus-run.jar").toAbsolutePath();

    @TempDir
    static Path directory;

    private final HttpClient http = HttpClient.newHttpClient();
    private final int port = Child.freePort();
    private Broker broker;
    private Child application;

    @BeforeAll
    void startBroker() throws IOException {
        broker = Broker.start("4.3", directory);
    }

    @AfterAll
    void stopBroker() {
        broker.close();
    }

    @AfterEach
    void stop() {
        application.close();
    }

    @Test
    void completesAndCompensatesTheOrderSagaInJava() throws Exception {
        start();
        completesAndCompensates();
    }

    @ParameterizedTest
    @ValueSource(strings = {"yaml", "xml"})
    void completesAndCompensatesTheOrderSagaOfAFile(String notation) throws Exception {
        start(
                "-Dorders.notation=file",
                "-Dcamel.main.routes-include-pattern=file:%s/orchestration/order-saga.camel.%s"
                        .formatted(ROUTES, notation));
        completesAndCompensates();
    }

    /** But for the way to Kafka, which has a certificate there. */
    @Test
    void hasTheSettingsThatAnOperatorOfCamelKIsGiven() throws Exception {
        String manifest = Files.readString(ROUTES.resolve("camel-k/operator-built/order-saga.yaml"));
        List<String> settings = new ArrayList<>(Pattern.compile("- (camel\\.[a-z.-]+=\\S+)")
                .matcher(manifest)
                .results()
                .map(MatchResult::group)
                .map(each -> "-D" + each.substring(2))
                .filter(each -> !each.startsWith("-Dcamel.component.kafka."))
                .toList());
        assertThat(settings).hasSize(2).anyMatch(each -> each.endsWith("CaravanConfiguration"));
        settings.add("-Dorders.notation=file");
        settings.add(
                "-Dcamel.main.routes-include-pattern=file:%s/orchestration/order-saga.camel.xml".formatted(ROUTES));
        start(settings.toArray(String[]::new));
        completesAndCompensates();
    }

    @Test
    void goesOnAfterItWasKilled() throws Exception {
        start();
        String sagaId = order("island");
        await().until(() -> Files.exists(directory.resolve("waits")));

        application.kill();
        Files.createFile(directory.resolve("ship"));
        start();

        assertThat(end(sagaId)).isEqualTo("COMPLETED");
        assertThat(effects(sagaId)).containsExactly("CREATED", "PAID", "RESERVED", "SHIPPED", "TAKEN", "CONFIRMED");
    }

    @Test
    void isInHealthAndMetrics() throws Exception {
        start();
        assertThat(end(order("here"))).isEqualTo("COMPLETED");

        assertThat(get("/q/health/ready").body()).contains("\"caravan\"").contains("sagasInFlight");
        assertThat(get("/q/metrics").body())
                .contains("sagas_ended_total{saga=\"order-saga\",status=\"COMPLETED\"")
                .contains("caravan_sagas_in_flight", "caravan_log_unreadable_total")
                .containsPattern(
                        "caravan_saga_duration_seconds_count\\{saga=\"order-saga\",status=\"COMPLETED\"[^}]*\\} 1")
                .contains("camel_exchanges_succeeded");
    }

    private void completesAndCompensates() throws Exception {
        String done = order("here");
        assertThat(end(done)).isEqualTo("COMPLETED");
        assertThat(effects(done)).containsExactly("CREATED", "PAID", "RESERVED", "SHIPPED", "TAKEN", "CONFIRMED");

        String undone = order("nowhere");
        assertThat(end(undone)).isEqualTo("COMPENSATED");
        assertThat(effects(undone)).containsExactly("CREATED", "PAID", "RESERVED", "RELEASED", "REFUNDED", "CANCELLED");
    }

    private void start(String... settings) {
        Path output = directory.resolve("application.txt");
        application = Child.start(
                PROGRAM.toString(),
                output,
                Stream.concat(
                                Stream.of(
                                        "-Dquarkus.http.port=" + port,
                                        "-Dcamel.component.kafka.brokers=" + broker.address(),
                                        "-Dorders.directory=" + directory,
                                        "-Dorder.saga.step-timeout=1h",
                                        "-Dquarkus.datasource.jdbc.url=jdbc:h2:file:%s/orders;WRITE_DELAY=0"
                                                .formatted(directory)),
                                Stream.of(settings))
                        .toList(),
                "io.quarkus.bootstrap.runner.QuarkusEntryPoint",
                List.of());
        await().ignoreExceptionsInstanceOf(IOException.class).until(() -> {
            assertThat(application.isAlive()).as(() -> read(output)).isTrue();
            return get("/q/health/ready").statusCode() == 200;
        });
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            return e.toString();
        }
    }

    private String order(String country) throws Exception {
        HttpResponse<String> answer =
                send(request("/orders?orderId=%s&country=%s".formatted(UUID.randomUUID(), country))
                        .POST(HttpRequest.BodyPublishers.noBody()));
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return answer.body();
    }

    private String end(String sagaId) {
        return await().until(
                        () -> get("/status?sagaId=" + sagaId).body(),
                        status -> List.of("COMPLETED", "COMPENSATED", "FAILED").contains(status));
    }

    private List<String> effects(String sagaId) throws Exception {
        return List.of(get("/effects?sagaId=" + sagaId).body().split(","));
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path));
    }

    private HttpResponse<String> get(String path) throws Exception {
        return send(request(path).GET());
    }

    private HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
        return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }
}
