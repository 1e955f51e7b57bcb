package dev.caravan.orchestrator;

import static org.assertj.core.api.Assertions.as;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.caravan.embeddedkafka.EmbeddedKafka;
import dev.caravan.embeddedkafka.EmbeddedKafkaOptions;
import dev.caravan.saga.engine.SagaHost;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.camel.CamelContext;
import org.apache.camel.Route;
import org.apache.camel.builder.RouteBuilder;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.NestedExceptionUtils;
import org.springframework.http.ResponseEntity;
import org.springframework.web.client.RestClient;

/** Sagas that are route files and nothing else, run by the orchestrator on real Kafka. */
class OrchestratorIT {

    private static final Path EXAMPLE = Path.of("../../src/docs/examples/trip");

    @TempDir
    private static Path data;

    private static EmbeddedKafka kafka;

    @TempDir
    private Path directory;

    private String name;
    private ConfigurableApplicationContext application;
    private RestClient http;
    private String coordinator = "log";
    private static int asked;

    @BeforeAll
    static void startKafka() {
        kafka = EmbeddedKafka.start(EmbeddedKafkaOptions.in(data.resolve("kafka")));
    }

    @AfterAll
    static void stopKafka() {
        kafka.close();
    }

    @BeforeEach
    void choose(TestInfo test) {
        name = test.getTestMethod().orElseThrow().getName();
    }

    @AfterEach
    void stop() {
        if (application != null) {
            application.close();
        }
    }

    private void start(String... options) {
        application = SagaOrchestratorApplication.application()
                .run(Stream.concat(
                                Stream.of(
                                        "--server.port=0",
                                        "--spring.main.banner-mode=off",
                                        "--spring.application.name=" + name,
                                        "--caravan.log.topic=saga-logs-" + name,
                                        "--camel.component.kafka.brokers=" + kafka.bootstrapServers(),
                                        "--caravan.coordinator=" + coordinator,
                                        "--caravan.lra.coordinator.embedded=" + coordinator.equals("lra")),
                                Stream.of(options))
                        .toArray(String[]::new));
        http = RestClient.create(
                "http://localhost:" + application.getEnvironment().getProperty("local.server.port"));
    }

    /** The end of a trip to this city. */
    private JsonNode travel(String city) {
        return end(started("trip", city));
    }

    private String started(String route, String city) {
        return request(route, city)
                .retrieve()
                .body(JsonNode.class)
                .path("sagaId")
                .textValue();
    }

    private RestClient.RequestBodySpec request(String route, String city) {
        return http.post()
                .uri("/api/sagas/" + route + "?key=ann-" + asked++)
                .body(Map.of("traveller", "ann", "city", city));
    }

    private JsonNode end(String sagaId) {
        return await().until(
                        () -> http.get()
                                .uri("/api/sagas/" + sagaId)
                                .retrieve()
                                .onStatus(status -> status.value() == 404, (request, answer) -> {})
                                .body(JsonNode.class),
                        saga -> List.of("COMPLETED", "COMPENSATED", "FAILED")
                                .contains(saga.path("status").asText()));
    }

    private static String status(JsonNode saga) {
        return saga.path("status").textValue();
    }

    private boolean isLoaded(String routeId, String description) {
        Route route = application.getBean(CamelContext.class).getRoute(routeId);
        return route != null && description.equals(route.getDescription());
    }

    private Path copyOfTheExample() throws IOException {
        for (Path file : new RouteFiles(EXAMPLE).files()) {
            Files.copy(file, directory.resolve(file.getFileName()));
        }
        return directory;
    }

    @Test
    void runsTheRouteFilesOfADirectory() {
        start("--routes=" + EXAMPLE);

        assertThat(status(travel("Oslo"))).isEqualTo("COMPLETED");
        JsonNode venice = travel("Venice");
        assertThat(status(venice)).isEqualTo("COMPENSATED");
        assertThat(venice.path("events").toString())
                .containsSubsequence("There are no cars in Venice", "COMPENSATE_SUCCESS", "COMPENSATE_COMPLETE");
        assertThat(application.getBean(CamelContext.class).getRoute("order-saga"))
                .isNull();

        answersAStartThatComesAgainAsTheFirst();
        beginsLaterUnlessItIsCancelled();

        assertThat(refusalOf("trip", "x".repeat(1_100_000)))
                .startsWith("413 START of saga ")
                .contains("more than the log accepts. Pass a reference to what is large, or raise");
        assertThat(refusalOf("trop", "Oslo")).isEqualTo("404 No route begins with direct:trop");
        assertThat(refusalOf("book-hotel", "Oslo")).startsWith("409 No saga was started: ");
    }

    private void beginsLaterUnlessItIsCancelled() {
        JsonNode soon = scheduled("soon", "1ms");
        JsonNode never = scheduled("never", "48h");
        String sagaId = never.path("sagaId").textValue();
        Instant startsAt = Instant.parse(never.path("startsAt").textValue());
        assertThat(startsAt).isAfter(Instant.now().plusSeconds(47 * 3600));
        JsonNode line = http.get()
                .uri("/api/sagas?text=never")
                .retrieve()
                .body(JsonNode.class)
                .path(0);
        assertThat(line.path("awaits").textValue()).isEqualTo("START");
        assertThat(Instant.parse(line.path("deadline").textValue())).isEqualTo(startsAt);

        http.post()
                .uri("/api/sagas/" + sagaId + "/cancel")
                .body(Map.of("who", "ann", "reason", "by mistake"))
                .retrieve()
                .toBodilessEntity();

        assertThat(status(end(sagaId))).isEqualTo("COMPENSATED");
        assertThat(status(end(soon.path("sagaId").textValue()))).isEqualTo("COMPLETED");
    }

    private JsonNode scheduled(String key, String after) {
        return http.post()
                .uri("/api/sagas/trip?key=%s&after=%s".formatted(key, after))
                .body(Map.of("traveller", "ann", "city", "Oslo"))
                .retrieve()
                .body(JsonNode.class);
    }

    private void answersAStartThatComesAgainAsTheFirst() {
        ResponseEntity<JsonNode> first = ask("\"8e03\"", "Oslo");
        String location = first.getHeaders().getFirst("Location");
        String sagaId = first.getBody().path("sagaId").textValue();
        assertThat(first.getStatusCode().value()).isEqualTo(202);
        assertThat(location).isEqualTo("/api/sagas/" + sagaId);
        assertThat(first.getBody().path("key").textValue()).isEqualTo("8e03");

        assertThat(status(end(sagaId))).isEqualTo("COMPLETED");
        ResponseEntity<JsonNode> again = ask("8e03", "Oslo");
        assertThat(again.getStatusCode().value()).isEqualTo(200);
        assertThat(again.getHeaders().getFirst("Location")).isEqualTo(location);
        assertThat(again.getBody().path("status").textValue()).isEqualTo("COMPLETED");

        ResponseEntity<JsonNode> other = ask("8e03", "Rome");
        assertThat(other.getStatusCode().value()).isEqualTo(422);
        assertThat(other.getBody().path("sagaId").textValue()).isEqualTo(sagaId);
        assertThat(other.getBody().path("started").booleanValue()).isFalse();
        assertThat(other.getHeaders().getFirst("Location")).isNull();
    }

    /** With the header of the IETF's draft. */
    private ResponseEntity<JsonNode> ask(String key, String city) {
        return http.post()
                .uri("/api/sagas/trip")
                .header("Idempotency-Key", key)
                .body(Map.of("traveller", "ann", "city", city))
                .exchange((request, answer) -> ResponseEntity.status(answer.getStatusCode())
                        .headers(answer.getHeaders())
                        .body(answer.bodyTo(JsonNode.class)));
    }

    @Test
    void answersAStartThatComesAgainInModeLra() {
        coordinator = "lra";
        start("--routes=" + EXAMPLE, "--caravan.lra.coordinator.store-dir=" + directory.resolve("lra"));

        answersAStartThatComesAgainAsTheFirst();
    }

    /** Status and detail. */
    private String refusalOf(String route, String city) {
        return request(route, city)
                .exchange((request, answer) -> answer.getStatusCode().value() + " "
                        + answer.bodyTo(JsonNode.class).path("detail").asText());
    }

    @Test
    void endsTheStartAtAWrongFile() throws IOException {
        Path file = copyOfTheExample().resolve("trip.camel.yaml");
        Files.writeString(
                file,
                Files.readString(file).replace("compensation: direct:cancel-hotel", "compensation: direct:cancel"));

        assertThatThrownBy(() -> start("--routes=" + directory))
                .extracting(NestedExceptionUtils::getMostSpecificCause, as(InstanceOfAssertFactories.THROWABLE))
                .isInstanceOf(RouteFileException.class)
                .hasMessageStartingWith("Route file %s, line 60: ".formatted(file))
                .hasMessageEndingWith("No route begins with direct:cancel."
                        + " Add one with <from uri=\"direct:cancel\"/>, or correct the name");
    }

    @Test
    void loadsAChangedFileAgainInTheProfileDev() throws IOException {
        Path file = copyOfTheExample().resolve("services.camel.yaml");
        start("--routes=" + directory, "--spring.profiles.active=dev");
        assertThat(status(travel("Oslo"))).isEqualTo("COMPLETED");

        Files.writeString(
                file, Files.readString(file).replace("'Venice'", "'Oslo'").replace("Books a car", "No cars in Oslo"));
        await().until(() -> isLoaded("car-service-book", "No cars in Oslo"));
        await().until(() -> isLoaded("car-service-cancel", "Cancels a car"));

        assertThat(status(travel("Oslo"))).isEqualTo("COMPENSATED");
    }

    /** The traveller of both is asked, and answers much later. */
    @Test
    void holdsNoExchangeWhileAStepWaitsForLong() throws Exception {
        Files.writeString(directory.resolve("visa.camel.xml"), """
                <routes xmlns="http://camel.apache.org/schema/xml-io">
                  <route id="visa">
                    <from uri="direct:visa"/>
                    <saga>
                      <to uri="saga-command:traveller/Sign?timeout=1h"/>
                    </saga>
                  </route>
                </routes>
                """);
        start("--routes=" + directory);
        CamelContext context = application.getBean(CamelContext.class);
        String first = started("visa", "Oslo");
        String second = started("visa", "Bergen");
        SagaHost host = application.getBean(SagaHost.class);
        await().until(() -> host.size() == 2 && context.getInflightRepository().size() == 0);

        context.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                from("saga-command:traveller/Sign?idempotent=true").log("signed");
            }
        });

        assertThat(List.of(status(end(first)), status(end(second)))).containsOnly("COMPLETED");
        await().until(() -> context.getInflightRepository().size() == 0);
    }

    /** As the manifests have it: health and metrics are on a port of their own. */
    @Test
    void hasHealthAndMetricsOnAPortOfTheirOwn() {
        start(
                "--routes=" + EXAMPLE,
                "--management.server.port=0",
                "--management.endpoints.web.exposure.include=health,prometheus");
        RestClient management = RestClient.create(
                "http://localhost:" + application.getEnvironment().getProperty("local.management.port"));

        assertThat(status(travel("Oslo"))).isEqualTo("COMPLETED");
        for (String group : List.of("liveness", "readiness")) {
            assertThat(management
                            .get()
                            .uri("/actuator/health/" + group)
                            .retrieve()
                            .body(JsonNode.class)
                            .path("status")
                            .asText())
                    .isEqualTo("UP");
        }
        assertThat(management.get().uri("/actuator/prometheus").retrieve().body(String.class))
                .contains("saga");
    }

    /** As the operator of Camel K mounts them, see its traits mount and camel; with a property of the integration. */
    @Test
    void runsTheSourcesThatCamelKMounts() throws IOException {
        Path sources = Files.createDirectories(directory.resolve("sources"));
        Files.copy(EXAMPLE.resolve("trip.camel.yaml"), sources.resolve("trip.yaml"));
        Files.copy(EXAMPLE.resolve("services.camel.yaml"), sources.resolve("services.yaml"));
        Files.copy(Path.of("../../routes/orchestration/OrderSaga.java"), sources.resolve("OrderSaga.java"));
        Files.writeString(
                sources.resolve("more.xml"),
                "<routes xmlns=\"http://camel.apache.org/schema/xml-io\"><route id=\"more\">"
                        + "<from uri=\"direct:more\"/><to uri=\"log:{{more.name}}\"/></route></routes>");
        Files.writeString(directory.resolve("application.properties"), """
                camel.main.routes-include-pattern=file:%s/**
                camel.main.source-location-enabled=true
                """.formatted(sources));
        Files.createDirectories(directory.resolve("conf.d"));
        Files.writeString(directory.resolve("conf.d/user.properties"), "more.name=more\n");

        start(
                "--CAMEL_K_CONF=" + directory.resolve("application.properties"),
                "--CAMEL_K_CONF_D=" + directory.resolve("conf.d"));

        assertThat(status(travel("Oslo"))).isEqualTo("COMPLETED");
        CamelContext context = application.getBean(CamelContext.class);
        assertThat(context.getRoute("order-saga").getSourceLocation()).contains("OrderSaga.java");
        assertThat(context.getRoute("more")).isNotNull();
    }
}
