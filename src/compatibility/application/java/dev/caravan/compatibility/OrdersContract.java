package dev.caravan.compatibility;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** The application in a process of its own, on a broker in another one. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class OrdersContract {

    private static final JsonMapper JSON = new JsonMapper();

    @TempDir
    static Path directory;

    private final HttpClient http = HttpClient.newHttpClient();
    private final int port = Child.freePort();
    private final String line;
    private Broker broker;
    private Child application;

    /** @param line of Kafka, which the broker is of */
    OrdersContract(String line) {
        this.line = line;
    }

    @BeforeAll
    void start() throws IOException {
        Path home = Files.createDirectories(directory.resolve("kafka-" + line));
        broker = Broker.start(line, home);
        startApplication();
    }

    private void startApplication() {
        Path home = directory.resolve("kafka-" + line);
        Path output = home.resolve("application.txt");
        application = Child.start(
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                output,
                List.of(),
                OrderApplication.class.getName(),
                List.of(
                        "--server.port=" + port,
                        "--orders.directory=" + home,
                        "--spring.datasource.url=jdbc:h2:file:%s/orders;WRITE_DELAY=0".formatted(home),
                        "--camel.component.kafka.brokers=" + broker.address()));
        await().ignoreExceptionsInstanceOf(IOException.class).until(() -> {
            assertThat(application.isAlive()).as(() -> read(output)).isTrue();
            return get("/actuator/health", null).statusCode() == 200;
        });
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            return e.toString();
        }
    }

    @AfterAll
    void stop() {
        application.close();
        broker.close();
    }

    /** Those that the module says, and not those that came along. */
    @Test
    void hasTheClientsOfThisRun() throws Exception {
        assertThat(get("/orders/clients", null).body()).startsWith(System.getProperty("kafka.clients") + ".");
    }

    @Test
    void completesAndCompensatesSagasInYamlAndInJava() throws Exception {
        for (String route : List.of("order-yaml", "order-java")) {
            String done = order(route, "here");
            assertThat(end(done)).isEqualTo("COMPLETED");
            assertThat(effects(done)).containsExactly("PAID", "SHIPPED", "RECEIPT");

            String undone = order(route, "nowhere");
            assertThat(end(undone)).isEqualTo("COMPENSATED");
            assertThat(effects(undone)).containsExactly("PAID", "REFUNDED");
        }
    }

    @Test
    void goesOnAfterItWasKilled() throws Exception {
        Path home = directory.resolve("kafka-" + line);
        String sagaId = order("order-yaml", "island");
        await().until(() -> Files.exists(home.resolve("waits")));

        application.kill();
        Files.createFile(home.resolve("ship"));
        startApplication();

        assertThat(end(sagaId)).isEqualTo("COMPLETED");
        assertThat(effects(sagaId)).containsExactly("PAID", "SHIPPED", "RECEIPT");
    }

    @Test
    void showsSagasAsJsonOverHttpAndByTheActuator() throws Exception {
        String sagaId = order("order-yaml", "here");
        assertThat(end(sagaId)).isEqualTo("COMPLETED");

        JsonNode saga = json("/api/sagas/" + sagaId);
        assertThat(saga.at("/steps/0/status").asText()).isEqualTo("COMPLETED");
        assertThat(saga.at("/events/0/sequence").isNumber()).isTrue();
        assertThat(json("/api/sagas?limit=1000").findValuesAsText("sagaId")).contains(sagaId);
        assertThat(json("/api/sagas/overview").toString()).doesNotContain("bigDecimal");
        assertThat(json("/api/sagas/" + sagaId + "/events/0").path("timestamp").isTextual())
                .isTrue();
        assertThat(json("/actuator/sagas/" + sagaId).path("status").asText()).isEqualTo("COMPLETED");
        assertThat(json("/actuator/sagas").path("attention").isArray()).isTrue();
    }

    @Test
    void tellsOfChangesAsTheyHappen() throws Exception {
        HttpResponse<InputStream> stream =
                http.send(request("/api/sagas/events", "ann").build(), HttpResponse.BodyHandlers.ofInputStream());
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(stream.body(), StandardCharsets.UTF_8))) {
            String sagaId = order("order-java", "here");
            String told = lines.lines()
                    .filter(each -> each.startsWith("data:") && each.contains(sagaId))
                    .findFirst()
                    .orElseThrow();
            assertThat(JSON.readTree(told.substring("data:".length()))
                            .path("sagaId")
                            .asText())
                    .isEqualTo(sagaId);
        }
    }

    @Test
    void takesAnAnswerWithABodyFromAPerson() throws Exception {
        String sagaId = order("order-waits", "here");
        await().until(() -> json("/api/sagas/" + sagaId).at("/steps/1/awaits").isTextual());
        String step = json("/api/sagas/" + sagaId).at("/steps/1/name").asText();

        String answer = "{\"reason\":\"seen\",\"body\":{\"limit\":[1.5,null]}}";
        assertThat(post("/api/sagas/%s/steps/%s/reply".formatted(sagaId, step), answer, "ann")
                        .statusCode())
                .isEqualTo(202);

        assertThat(end(sagaId)).isEqualTo("COMPLETED");
        assertThat(get("/effects/" + sagaId, null).body()).contains("PAID", "RECEIPT");
    }

    @Test
    void asksForALogin() throws Exception {
        assertThat(get("/api/sagas", null).statusCode()).isEqualTo(401);
        assertThat(get("/api/sagas", "ann").statusCode()).isEqualTo(200);
        assertThat(post("/api/sagas/unknown/cancel", "{\"reason\":\"no\"}", "vic")
                        .statusCode())
                .isEqualTo(403);
    }

    @Test
    void saysThatItIsReady() throws Exception {
        JsonNode health = json("/actuator/health");
        assertThat(health.at(Line.HEALTH).isMissingNode()).as(health.toString()).isFalse();
    }

    @Test
    void hasMetrics() throws Exception {
        String sagaId = order("order-yaml", "here");
        assertThat(end(sagaId)).isEqualTo("COMPLETED");

        assertThat(get("/actuator/prometheus", "ann").body()).contains("caravan_sagas_");
    }

    private String order(String route, String country) throws Exception {
        HttpResponse<String> answer = post(
                "/orders/" + route, "{\"id\":\"%s\",\"country\":\"%s\"}".formatted(UUID.randomUUID(), country), null);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return answer.body();
    }

    private String end(String sagaId) {
        return await().until(
                        () -> json("/api/sagas/" + sagaId).path("status").asText(),
                        status -> List.of("COMPLETED", "COMPENSATED", "FAILED").contains(status));
    }

    private List<String> effects(String sagaId) throws Exception {
        return List.of(JSON.readValue(get("/effects/" + sagaId, null).body(), String[].class));
    }

    private JsonNode json(String path) throws Exception {
        HttpResponse<String> answer = get(path, "ann");
        assertThat(answer.statusCode()).as("%s: %s", path, answer.body()).isEqualTo(200);
        return JSON.readTree(answer.body());
    }

    private HttpRequest.Builder request(String path, String user) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path));
        return user == null
                ? request
                : request.header(
                        "Authorization",
                        "Basic "
                                + Base64.getEncoder()
                                        .encodeToString((user + ":secret").getBytes(StandardCharsets.UTF_8)));
    }

    private HttpResponse<String> get(String path, String user) throws Exception {
        return http.send(request(path, user).build(), HttpResponse.BodyHandlers.ofString());
    }

    private HttpResponse<String> post(String path, String body, String user) throws Exception {
        return http.send(
                request(path, user)
                        .header("Content-Type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofString(body))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }
}
