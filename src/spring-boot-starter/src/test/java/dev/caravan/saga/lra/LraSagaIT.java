package dev.caravan.saga.lra;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.caravan.embeddedkafka.EmbeddedKafka;
import dev.caravan.embeddedkafka.EmbeddedKafkaOptions;
import dev.caravan.saga.SagaId;
import dev.caravan.saga.SagaStatus;
import dev.caravan.saga.StepStatus;
import dev.caravan.saga.camel.SagaStarter;
import dev.caravan.saga.camel.StartedSaga;
import dev.caravan.saga.engine.SagaHost;
import dev.caravan.saga.participant.Inbox;
import dev.caravan.saga.participant.PassThroughInbox;
import dev.caravan.saga.participant.StepRejectedException;
import dev.caravan.saga.state.SagaLog;
import dev.caravan.saga.state.SagaLogEntry;
import dev.caravan.saga.state.SagaState;
import dev.caravan.saga.time.Backoff;
import dev.caravan.testing.HangLimit;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiFunction;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.model.SagaCompletionMode;
import org.apache.camel.model.SagaPropagation;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

/** The Saga EIP from XML over real Kafka and the real LRA coordinator, all in this process. */
@SpringBootTest(webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT)
class LraSagaIT {

    private static final String SECRET = "the coordinator's secret";

    @TempDir(cleanup = CleanupMode.NEVER)
    private static Path directory;

    private static EmbeddedKafka kafka;

    @Autowired
    private SagaStarter starter;

    @Autowired
    private SagaHost host;

    @Autowired
    private LraSagaService service;

    @Value("${local.server.port}")
    private int port;

    @Autowired
    private SagaLog log;

    @Autowired
    private CamelContext context;

    @Autowired
    private Trips trips;

    @Autowired
    @Qualifier("lraParticipant")
    private BiFunction<HttpRequest, Executor, CompletableFuture<HttpResponse<String>>> localCallbacks;

    @Autowired
    private LraRequestsOverHttp overHttp;

    @DynamicPropertySource
    static void settings(DynamicPropertyRegistry registry) {
        kafka = EmbeddedKafka.start(EmbeddedKafkaOptions.in(directory.resolve("kafka")));
        registry.add("camel.component.kafka.brokers", kafka::bootstrapServers);
        registry.add("spring.application.name", () -> "caravan");
        registry.add("camel.main.routes-include-pattern", () -> "classpath:lra-it/*.camel.xml");
        registry.add("server.address", () -> "127.0.0.1");
        registry.add("caravan.lra.coordinator.embedded", () -> "true");
        registry.add("caravan.lra.coordinator.secret", () -> SECRET);
        registry.add("caravan.api.operator", () -> "true");
        registry.add("caravan.console.login", () -> "always");
        registry.add("caravan.console.users[0].name", () -> "vic");
        registry.add("caravan.console.users[0].password", () -> "seeing");
        registry.add("caravan.console.users[0].role", () -> "VIEWER");
        registry.add("caravan.console.users[1].name", () -> "olga");
        registry.add("caravan.console.users[1].password", () -> "mending");
        registry.add("caravan.console.users[1].role", () -> "OPERATOR");
        registry.add(
                "caravan.lra.coordinator.store-dir",
                () -> directory.resolve("lra").toString());
        registry.add("caravan.lra.callback-secret", () -> "a secret of this test");
        registry.add("caravan.lra.callback-timeout", () -> "200ms");
        registry.add("caravan.compensation.initial-delay", () -> "50ms");
        registry.add("caravan.compensation.attempts", () -> "3");
    }

    @Configuration
    @EnableAutoConfiguration
    static class Application {

        @Bean
        Trips trips() {
            return new Trips();
        }

        @Bean
        LraRequestsOverHttp overHttp() {
            return new LraRequestsOverHttp();
        }

        @Bean
        Inbox inbox() {
            return new PassThroughInbox();
        }
    }

    /** A service of its own, which hears of trips by events. Its completions are refused. */
    @Configuration
    @EnableAutoConfiguration
    static class Seller {

        static final AtomicInteger REFUSED = new AtomicInteger();

        @Bean
        RouteBuilder routes() {
            return new RouteBuilder() {
                @Override
                public void configure() {
                    from("kafka:trip-events?groupId=seller-events")
                            .routeId("hears-of-trips")
                            .to("direct:sell-seat");
                    from("direct:sell-seat")
                            .routeId("sell-seat")
                            .saga()
                            .propagation(SagaPropagation.MANDATORY)
                            .compensation("direct:take-seat-back")
                            .completion("direct:settle-seat")
                            .log("A seat is sold");
                    from("direct:take-seat-back").routeId("take-seat-back").log("It was not");
                    from("direct:settle-seat").routeId("settle-seat").process(exchange -> {
                        REFUSED.incrementAndGet();
                        throw new StepRejectedException("NO_SEAT", "No such seat");
                    });
                }
            };
        }
    }

    /** What the coordinator and the callbacks are asked through a socket. */
    static class LraRequestsOverHttp extends HttpFilter {

        private static final long serialVersionUID = 1L;

        private final transient List<String> requests = new CopyOnWriteArrayList<>();

        @Override
        protected void doFilter(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
                throws IOException, ServletException {
            requests.add(request.getMethod() + " " + request.getRequestURI());
            chain.doFilter(request, response);
        }
    }

    @AfterEach
    void leavesNothingPending() {
        Awaitility.await().until(() -> host.size() == 0);
    }

    @Test
    void completesWhenEveryStepSucceeds() throws Exception {
        SagaState end = run(Map.of("tripId", "t1"));

        assertThat(end.status()).isEqualTo(SagaStatus.COMPLETED);
        assertThat(trips.of("t1")).containsExactly("book flights", "book hotels", "book cars", "confirm flights");
        assertThat(events(end.sagaId()))
                .containsExactly(
                        "START",
                        "ENLIST",
                        "SUCCESS",
                        "ENLIST",
                        "SUCCESS",
                        "ENLIST",
                        "SUCCESS",
                        "CLOSE",
                        "COMPLETE_SUCCESS",
                        "COMPLETE");
    }

    @Test
    void needsNoSocketToItsOwnCoordinator() throws Exception {
        overHttp.requests.clear();

        assertThat(run(Map.of("tripId", "s1")).status()).isEqualTo(SagaStatus.COMPLETED);
        assertThat(run(Map.of("tripId", "s2", "full", "cars")).status()).isEqualTo(SagaStatus.COMPENSATED);

        assertThat(overHttp.requests).isEmpty();
    }

    @Test
    void takesNoLocalCallbackThatItDidNotSignOrThatIsNotItsOwn() throws Exception {
        String participant = "http://localhost:" + port + "/lra-participant";

        for (String callback : List.of("PUT compensate", "PUT complete", "PUT after", "GET status")) {
            String[] words = callback.split(" ");
            HttpResponse<String> answer = localCallbacks
                    .apply(request(words[0], participant + "/" + words[1] + "/forged"), Runnable::run)
                    .get(HangLimit.SECONDS, TimeUnit.SECONDS);
            assertThat(answer.statusCode()).as(callback).isEqualTo(403);
        }
        assertThat(localCallbacks.apply(request("PUT", participant + "/compensate/a/b"), Runnable::run))
                .isNull();
        assertThat(localCallbacks.apply(request("DELETE", participant + "/forget/a"), Runnable::run))
                .isNull();
        assertThat(localCallbacks.apply(
                        request("PUT", "http://elsewhere.example/lra-participant/compensate/a"), Runnable::run))
                .isNull();
    }

    private static HttpRequest request(String method, String url) {
        return HttpRequest.newBuilder(URI.create(url))
                .method(method, HttpRequest.BodyPublishers.ofString("Closed"))
                .build();
    }

    @Test
    void compensatesCompletedStepsInReverseOrder() throws Exception {
        SagaState end = run(Map.of("tripId", "t2", "full", "cars"));

        assertThat(end.status()).isEqualTo(SagaStatus.COMPENSATED);
        assertThat(trips.of("t2")).containsExactly("book flights", "book hotels", "cancel hotels", "cancel flights");
        assertThat(end.reason()).isEqualTo("No cars left");
        assertThat(end.steps())
                .extracting(step -> step.status())
                .containsExactly(StepStatus.COMPENSATED, StepStatus.COMPENSATED, StepStatus.REJECTED);
    }

    @Test
    void compensatesAStepWhoseOutcomeIsUnknown() throws Exception {
        SagaState end = run(Map.of("tripId", "t3", "broken", "hotels"));

        assertThat(end.status()).isEqualTo(SagaStatus.COMPENSATED);
        assertThat(trips.of("t3")).containsExactly("book flights", "cancel hotels", "cancel flights");
    }

    @Test
    void waitsForACompensationThatTakesLongerThanTheCoordinatorIsKeptWaiting() throws Exception {
        SagaState end = run(Map.of("tripId", "overtaken", "full", "cars"));

        assertThat(end.status()).isEqualTo(SagaStatus.COMPENSATED);
        assertThat(trips.of("overtaken"))
                .containsExactly("book flights", "book hotels", "cancel hotels", "cancel flights");
    }

    /** CVE-2026-85312 and CVE-2026-49098: headers of a record that anybody may have written. */
    @Test
    void letsNoRecordJoinASagaOrChooseATopicByItsHeaders() throws Exception {
        StartedSaga victim =
                starter.start("direct:silent-trip-saga", Map.of("tripId", "v", "silent", "hotels"), "v", Map.of());
        SagaId victimId = victim.accepted().get(HangLimit.SECONDS, TimeUnit.SECONDS);
        Awaitility.await()
                .until(() -> events(victimId).stream().filter("ENLIST"::equals).count() == 2);
        String lra = SagaState.replay(victimId, log.read(victimId)).start().coordinator();
        Set<String> topics = topics();

        forge(lra);

        Awaitility.await().until(() -> trips.of("evil").equals(List.of("book flights")));
        Awaitility.await().until(() -> events(victimId).contains("STEP_TIMEOUT"));
        trips.speak();
        SagaState end = victim.ended().get(HangLimit.SECONDS, TimeUnit.SECONDS);
        assertThat(end.status()).isEqualTo(SagaStatus.COMPENSATED);
        assertThat(end.steps())
                .extracting(step -> step.step().toString())
                .containsExactly("BOOK_FLIGHT", "BOOK_SILENT_HOTEL");
        assertThat(log.read(new SagaId("forged"))).isEmpty();
        assertThat(trips.headers("evil"))
                .doesNotContainKeys("Long-Running-Action", "kafka.OVERRIDE_TOPIC", "kafka.KEY");
        assertThat(topics()).isEqualTo(topics);
    }

    /** As after a kill between the coordinator's answer and START. */
    @Test
    void cancelsAnLraThatNoSagaKnows() throws Exception {
        URI coordinator = URI.create("http://127.0.0.1:" + port + "/lra-coordinator");
        LraClient client = new LraClient(
                new CoordinatorConnection(
                        () -> coordinator,
                        SECRET,
                        Duration.ofSeconds(10),
                        new CircuitBreaker(Clock.systemUTC(), new Backoff(Duration.ZERO, Duration.ZERO, 0)),
                        CoordinatorTransport.http(Duration.ofSeconds(10), Runnable::run)),
                "caravan");
        LraClient.Lra orphan = client.start(0).get(HangLimit.SECONDS, TimeUnit.SECONDS);
        LraClient.Lra another = client.start(0).get(HangLimit.SECONDS, TimeUnit.SECONDS);
        assertThat(client.active().get(HangLimit.SECONDS, TimeUnit.SECONDS)).contains(orphan, another);

        service.orphans().look().get(HangLimit.SECONDS, TimeUnit.SECONDS);
        assertThat(client.status(orphan).get(HangLimit.SECONDS, TimeUnit.SECONDS))
                .isEqualTo(LraStatus.Active);
        service.orphans().look().get(HangLimit.SECONDS, TimeUnit.SECONDS);

        assertThat(client.active().get(HangLimit.SECONDS, TimeUnit.SECONDS)).isEmpty();
    }

    @Test
    void showsTheLrasOfOthersAndThoseOfSagasOnlyWhenAskedFor() throws Exception {
        Instant before = Clock.systemUTC().instant().minusSeconds(1);
        StartedSaga saga = starter.start("direct:trip-saga", Map.of("tripId", "h", "held", "flights"), "h", Map.of());
        String sagaId = saga.accepted().get(HangLimit.SECONDS, TimeUnit.SECONDS).value();
        try (ForeignClient others = new ForeignClient("trips-of-others", port, SECRET)) {
            String outer = others.start("&TimeLimit=600000");
            String inner = others.startWithin(outer);

            assertThat(others.own("/api/lras"))
                    .containsExactlyInAnyOrder(ForeignClient.idOf(outer), ForeignClient.idOf(inner));
            JsonNode shown = others.json("/api/lras/" + ForeignClient.idOf(outer));
            assertThat(shown.path("clientId").asText()).isEqualTo("trips-of-others");
            assertThat(shown.path("lraId").asText()).isEqualTo(outer);
            assertThat(shown.path("status").asText()).isEqualTo("Active");
            assertThat(shown.path("topLevel").asBoolean()).isTrue();
            assertThat(Instant.parse(shown.path("startedAt").asText()))
                    .isBetween(before, Clock.systemUTC().instant());
            assertThat(Instant.parse(shown.path("deadline").asText()))
                    .isAfter(Instant.parse(shown.path("startedAt").asText()));
            assertThat(others.json("/api/lras/" + ForeignClient.idOf(inner))
                            .path("topLevel")
                            .asBoolean())
                    .isFalse();
            HttpResponse<String> page = others.get("/api/lras?limit=1&status=Active");
            assertThat(ForeignClient.json(page)).hasSize(1);
            String next = page.headers().firstValue("Link").orElseThrow();
            assertThat(others.json(next.substring(next.indexOf("/api"), next.indexOf('>'))))
                    .singleElement()
                    .isNotEqualTo(ForeignClient.json(page).get(0));
            assertThat(others.json("/api/lras?sagas=true"))
                    .filteredOn(lra -> lra.path("sagaId").asText().equals(sagaId))
                    .singleElement()
                    .satisfies(lra -> {
                        HttpResponse<String> refused =
                                others.act(lra.path("lraId").asText(), "cancel");
                        assertThat(refused.statusCode()).isEqualTo(409);
                        assertThat(refused.body()).contains("is that of saga " + sagaId);
                    });

            assertThat(others.act(outer, "cancel").statusCode()).isEqualTo(200);
            assertThat(others.own("/api/lras")).isEmpty();
        } finally {
            trips.release();
        }
        assertThat(saga.ended().get(HangLimit.SECONDS, TimeUnit.SECONDS).status())
                .isEqualTo(SagaStatus.COMPLETED);
    }

    @Test
    void endsTheLrasOfOthersForAnOperator() {
        try (ForeignClient others = new ForeignClient("ended-by-ann", port, SECRET)) {
            String cancelled = others.start("");
            others.join(cancelled);
            String closed = others.start("");
            others.join(closed);

            HttpResponse<String> cancel = others.act(cancelled, "cancel");
            assertThat(ForeignClient.json(cancel).path("status").asText())
                    .as("%s", cancel)
                    .isEqualTo("Cancelled");
            assertThat(ForeignClient.json(others.act(closed, "close"))
                            .path("status")
                            .asText())
                    .isEqualTo("Closed");

            assertThat(others.calls()).containsExactly("compensate", "complete");
            for (String act : List.of("cancel", "close", "recover", "forget")) {
                assertThat(others.act(cancelled, act).statusCode()).as(act).isEqualTo(404);
            }
        }
    }

    @Test
    void hasTheParticipantsOfOthersCalledAgain() {
        try (ForeignClient others = new ForeignClient("called-again", port, SECRET)) {
            String lra = others.start("");
            others.join(lra);
            others.participantSays("503 ");
            others.cancel(lra);
            JsonNode shown = others.json("/api/lras/" + ForeignClient.idOf(lra));
            assertThat(shown.path("status").asText()).isEqualTo("Cancelling");
            assertThat(shown.path("recovering").asBoolean()).isTrue();
            assertThat(others.own("/api/lras")).as("none is there twice").containsExactly(ForeignClient.idOf(lra));
            assertThat(others.act(lra, "close").statusCode()).isEqualTo(409);

            others.participantSays("200 ");
            assertThat(others.act(lra, "recover").statusCode()).isEqualTo(202);

            Awaitility.await()
                    .until(() ->
                            others.get("/api/lras/" + ForeignClient.idOf(lra)).statusCode() == 404);
            assertThat(others.calls()).contains("compensate").doesNotContain("complete");
        }
    }

    @Test
    void forgetsWhatFailedForOthersWhenAPersonHasSeenToIt() {
        try (ForeignClient others = new ForeignClient("failed-for-others", port, SECRET)) {
            String lra = others.start("");
            others.join(lra);
            others.participantSays("500 FailedToCompensate");
            others.cancel(lra);

            Awaitility.await().untilAsserted(() -> assertThat(others.own("/api/lras?status=FailedToCancel"))
                    .containsExactly(ForeignClient.idOf(lra)));
            assertThat(others.json("/api/lras/" + ForeignClient.idOf(lra))
                            .path("status")
                            .asText())
                    .isEqualTo("FailedToCancel");
            assertThat(others.act(lra, "cancel").statusCode()).isEqualTo(409);
            assertThat(others.act(lra, "forget").statusCode()).isEqualTo(204);
            assertThat(others.own("/api/lras?sagas=true")).isEmpty();
            assertThat(others.act(lra, "forget").statusCode()).isEqualTo(404);
        }
    }

    @Test
    void takesNoPathToElsewhereAndNoActOfAViewer() {
        try (ForeignClient others = new ForeignClient("not-to-be-reached", port, SECRET)) {
            String lra = others.start("");
            for (String path :
                    List.of("recovery", "recovery%2ffailed", "start", "..", "%2e%2e%2factuator", "0%3fa=b")) {
                assertThat(others.get("/api/lras/" + path).statusCode())
                        .as(path)
                        .isBetween(400, 404);
            }
            assertThat(others.asViewer(lra, "cancel").statusCode()).isEqualTo(403);
            assertThat(others.own("/api/lras")).hasSize(1);
            assertThat(others.act(lra, "cancel").statusCode()).isEqualTo(200);
        }
    }

    @Test
    void failsWithTheStepWhoseCompletionAServiceRefusesThatAnEventBroughtIn() throws Exception {
        context.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                from("direct:seat-saga")
                        .routeId("seat-saga")
                        .saga()
                        .propagation(SagaPropagation.REQUIRES_NEW)
                        .completionMode(SagaCompletionMode.MANUAL)
                        .to("kafka:trip-events");
                from("direct:seat-sold")
                        .routeId("seat-sold")
                        .saga()
                        .propagation(SagaPropagation.MANDATORY)
                        .to("saga:complete");
            }
        });
        Seller.REFUSED.set(0);
        try (ConfigurableApplicationContext seller = new SpringApplicationBuilder(Seller.class)
                .run(
                        "--spring.application.name=seller",
                        "--server.address=127.0.0.1",
                        "--server.port=0",
                        "--spring.jmx.enabled=false",
                        "--camel.component.kafka.brokers=" + kafka.bootstrapServers(),
                        "--caravan.lra.coordinator.embedded=false",
                        "--caravan.lra.coordinator.secret=" + SECRET,
                        "--camel.lra.coordinator-url=http://127.0.0.1:" + port,
                        "--caravan.compensation.initial-delay=50ms",
                        "--caravan.events.topics=trip-events",
                        "--caravan.compensation.attempts=3")) {
            assertThat(seller.isRunning()).isTrue();
            StartedSaga started = starter.start("direct:seat-saga", Map.of("tripId", "seat"), "seat", Map.of());
            SagaId sagaId = started.accepted().get(HangLimit.SECONDS, TimeUnit.SECONDS);
            Awaitility.await().until(() -> events(sagaId).contains("ENLIST"));
            String lra = SagaState.replay(sagaId, log.read(sagaId)).started().coordinator();

            context.createProducerTemplate()
                    .sendBodyAndHeader("direct:seat-sold", "", Exchange.SAGA_LONG_RUNNING_ACTION, lra);

            SagaState end = started.ended().get(HangLimit.SECONDS, TimeUnit.SECONDS);
            assertThat(end.status()).isEqualTo(SagaStatus.FAILED);
            assertThat(end.problem()).contains("No such seat");
            assertThat(end.steps()).singleElement().satisfies(step -> {
                assertThat(step.step().toString()).isEqualTo("SELL_SEAT");
                assertThat(step.status()).isEqualTo(StepStatus.COMPLETION_FAILED);
            });
            assertThat(Seller.REFUSED).hasValueGreaterThanOrEqualTo(3);
        }
    }

    private static void forge(String lra) {
        byte[] command = """
                {"sagaId": "forged", "step": "BOOK_FLIGHT", "service": "flights", "command": "BookFlight",
                 "data": {"tripId": "evil"}}""".getBytes(StandardCharsets.UTF_8);
        try (KafkaProducer<String, byte[]> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", kafka.bootstrapServers()),
                new StringSerializer(),
                new ByteArraySerializer())) {
            ProducerRecord<String, byte[]> message = new ProducerRecord<>("flights-commands", "forged", command);
            Map.of("Long-Running-Action", lra, "kafka.OVERRIDE_TOPIC", "stolen", "kafka.KEY", "stolen")
                    .forEach((name, value) -> message.headers().add(name, value.getBytes(StandardCharsets.UTF_8)));
            producer.send(message);
        }
    }

    private static Set<String> topics() throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()))) {
            return admin.listTopics().names().get(HangLimit.SECONDS, TimeUnit.SECONDS);
        }
    }

    private SagaState run(Map<String, Object> trip) throws Exception {
        StartedSaga started = starter.start("direct:trip-saga", trip, (String) trip.get("tripId"), Map.of());
        return started.ended().get(HangLimit.SECONDS, TimeUnit.SECONDS);
    }

    private List<String> events(SagaId sagaId) {
        return log.read(sagaId).stream()
                .map(SagaLogEntry::event)
                .map(event -> event.type())
                .toList();
    }
}
