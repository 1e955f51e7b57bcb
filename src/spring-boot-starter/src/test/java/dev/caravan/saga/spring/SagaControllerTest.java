package dev.caravan.saga.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsInAnyOrder;
import static org.hamcrest.Matchers.containsString;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.asyncDispatch;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.get;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.head;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.content;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.header;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.jsonPath;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.request;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.status;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.caravan.saga.SagaId;
import dev.caravan.saga.Step;
import dev.caravan.saga.engine.SagaHost;
import dev.caravan.saga.message.SensitiveFields;
import dev.caravan.saga.monitoring.SagaView;
import dev.caravan.saga.state.Attributes;
import dev.caravan.saga.state.InMemorySagaLog;
import dev.caravan.saga.state.RouteShape;
import dev.caravan.saga.state.SagaEvent;
import dev.caravan.saga.state.SagaLogEntry;
import dev.caravan.saga.test.ManualTimers;
import dev.caravan.saga.test.TestEngine;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.http.MediaType;
import org.springframework.test.web.servlet.MockMvc;
import org.springframework.test.web.servlet.MvcResult;
import org.springframework.test.web.servlet.ResultActions;
import org.springframework.test.web.servlet.setup.MockMvcBuilders;

class SagaControllerTest {

    private static final Step HOTEL = new Step("HOTEL", 1);

    private final InMemorySagaLog log = new InMemorySagaLog();
    private final ManualTimers timers = new ManualTimers();
    private final SagaView view = new SagaView(log, timers.clock(), 100, Duration.ofMinutes(5));
    private final SagaEventStreams streams = new SagaEventStreams(view, timers, Runnable::run);
    private final SagaHost host = TestEngine.on(log, timers).build().host();
    private final MockMvc http = MockMvcBuilders.standaloneSetup(
                    new SagaController(view, host, streams, Runnable::run, timers.clock()))
            .setControllerAdvice(new RefusalsAsProblems())
            .build();

    @BeforeEach
    void follow() {
        view.follow();
    }

    @Test
    void givesPagesThatAreLinked() throws Exception {
        start("trip-1");
        timers.advance(Duration.ofSeconds(1));
        start("trip-2");
        timers.advance(Duration.ofSeconds(1));
        start("trip-3");

        String link = http.perform(get("/api/sagas?limit=2&name=trip"))
                .andExpect(status().isOk())
                .andExpect(header().string("Saga-Total", "3"))
                .andExpect(header().string("Saga-View-Lag", "0"))
                .andExpect(jsonPath("$[*].sagaId", contains("trip-3", "trip-2")))
                .andReturn()
                .getResponse()
                .getHeader("Link");
        assertThat(link).endsWith(">; rel=\"next\"");
        http.perform(get(link.substring(1, link.indexOf('>'))))
                .andExpect(jsonPath("$[*].sagaId", contains("trip-1")))
                .andExpect(header().doesNotExist("Link"));
    }

    @Test
    void findsByAgeAndByAPartOfTheKey() throws Exception {
        start("trip-1");
        timers.advance(Duration.ofMinutes(10));
        start("trip-2");

        http.perform(get("/api/sagas?olderThan=5m")).andExpect(jsonPath("$[*].sagaId", contains("trip-1")));
        http.perform(get("/api/sagas?youngerThan=5m")).andExpect(jsonPath("$[*].sagaId", contains("trip-2")));
        http.perform(get("/api/sagas?text=of-trip-2")).andExpect(jsonPath("$[*].sagaId", contains("trip-2")));
        http.perform(get("/api/sagas?attention=true&order=attention"))
                .andExpect(jsonPath("$[*].attention", contains("SILENT")));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "attribute.customer=ann | trip-1 trip-3",
                "attribute.customer=Ann | ''",
                "attribute.amount.gt=99.5 | trip-2 trip-3",
                "attribute.amount.gte=99.5 | trip-1 trip-2 trip-3",
                "attribute.amount.lt=1e3&attribute.amount.gt=100 | trip-2",
                "attribute.amount.lte=1000 | trip-1 trip-2 trip-3",
                "attribute.amount=120.0 | trip-2",
                "attribute.amount=many | ''",
                "attribute.express=true | trip-1",
                "attribute.day.gte=2026-03-01&attribute.day.lt=2026-04-01 | trip-2",
                "attribute.customer=ann&attribute.amount.gt=100 | trip-3",
                "attribute.unknown.lt=9 | ''",
                "key=of-trip-2 | trip-2",
                "key=OF-TRIP-2 | ''",
                "key= | trip-1 trip-2 trip-3",
                "text=OF-TRIP-2 | trip-2",
                "version=2 | trip-2",
                "version=2&attribute.customer=ann | ''",
                "version=- | trip-1 trip-3",
                "version=3 | ''",
            })
    void findsByWhatTheBusinessCallsThem(String query, String found) throws Exception {
        start("trip-1", Map.of("customer", "ann", "amount", 99.5, "express", true));
        start("trip-2", "2", Map.of("customer", "bob", "amount", 120, "express", false, "day", "2026-03-17"));
        start("trip-3", Map.of("customer", "ann", "amount", 1000L, "day", "2026-04-01"));

        String[] ids = found.isEmpty() ? new String[0] : found.split(" ");
        http.perform(get("/api/sagas?" + query))
                .andExpect(status().isOk())
                .andExpect(jsonPath("$[*].sagaId", containsInAnyOrder(ids)));
    }

    @Test
    void showsAttributesWithTheirTypes() throws Exception {
        start("trip-1", Map.of("amount", 99.5, "express", true, "customer", "ann"));
        append("trip-1", 1, new Attributes(Map.of("amount", 7, "country", "NO")));

        http.perform(get("/api/sagas"))
                .andExpect(jsonPath("$[0].attributes.amount").value(7))
                .andExpect(jsonPath("$[0].attributes.express").value(true))
                .andExpect(jsonPath("$[0].attributes.customer").value("ann"));
        assertThat(answer("/api/sagas/trip-1")).contains("\"amount\":7,", "\"country\":\"NO\"");
    }

    private void start(String id, Map<String, Object> attributes) {
        start(id, null, attributes);
    }

    private void start(String id, String version, Map<String, Object> attributes) {
        append(
                id,
                0,
                new SagaEvent.Start(
                        "trip", null, "of-" + id, null, Map.of(), null, version, null, null, null, attributes, null));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "attribute.amount.about=5",
                "status=OPEN",
                "limit=0",
                "limit=1001",
                "limit=many",
                "olderThan=old",
                "olderThan=P1000000000000D",
                "from=yesterday",
                "after=xx",
                "order=up"
            })
    void refusesAListThatCannotBe(String query) throws Exception {
        http.perform(get("/api/sagas?" + query)).andExpect(status().isBadRequest());
    }

    @Test
    void groupsSagasByTheirCauseWithALinkToEach() throws Exception {
        failed("trip-1", "CLOSED & away");
        timers.advance(Duration.ofSeconds(1));
        failed("trip-2", "CLOSED & away");
        failed("trip-3", null);
        rejected("trip-4", "FULL");
        start("trip-5");

        String groups = http.perform(get("/api/sagas/groups?name=trip"))
                .andExpect(status().isOk())
                .andExpect(jsonPath("$[*].count", contains(2, 1, 1, 1)))
                .andExpect(jsonPath("$[0].status").value("FAILED"))
                .andExpect(jsonPath("$[0].attention").value("FAILED"))
                .andExpect(jsonPath("$[0].application").value("trips"))
                .andExpect(jsonPath("$[0].step").value("HOTEL"))
                .andExpect(jsonPath("$[0].code").value("CLOSED & away"))
                .andExpect(jsonPath("$[0].oldest").value("2026-01-01T00:00:00Z"))
                .andExpect(jsonPath("$[0].newest").value("2026-01-01T00:00:01Z"))
                .andExpect(jsonPath("$[0].says").value("HOTEL: no"))
                .andReturn()
                .getResponse()
                .getContentAsString();

        for (JsonNode group : new ObjectMapper().readTree(groups)) {
            assertThat(group.path("link").asText()).startsWith("/api/sagas?name=trip&");
            http.perform(get(URI.create(group.path("link").asText())))
                    .andExpect(header().string("Saga-Total", group.path("count").asText()))
                    .andExpect(
                            jsonPath("$[0].status").value(group.path("status").asText()));
        }
    }

    @Test
    void findsByCauseAndByTime() throws Exception {
        failed("trip-1", "CLOSED");
        timers.advance(Duration.ofSeconds(1));
        rejected("trip-2", "FULL");
        timers.advance(Duration.ofSeconds(1));
        start("trip-3");

        finds("application=trips&step=HOTEL&code=CLOSED", "trip-1");
        finds("code=FULL", "trip-2");
        finds("code=-", "trip-3");
        finds("application=other");
        finds("reason=No Room", "trip-2");
        finds("from=2026-01-01T00:00:01Z", "trip-3", "trip-2");
        finds("from=2026-01-01T00:00:01Z&to=2026-01-01T01:00:02%2B01:00", "trip-2");
        finds("to=2026-01-01T00:00:01Z&olderThan=1s", "trip-1");
    }

    private void finds(String query, String... sagas) throws Exception {
        String found = http.perform(get(URI.create("/api/sagas?" + query.replace(" ", "%20"))))
                .andExpect(status().isOk())
                .andReturn()
                .getResponse()
                .getContentAsString();
        assertThat(new ObjectMapper().readTree(found).findValuesAsText("sagaId"))
                .as(query)
                .containsExactly(sagas);
    }

    private void failed(String sagaId, String code) {
        start(sagaId);
        append(sagaId, 1, new SagaEvent.Enlist(HOTEL, "direct:cancel", null, Map.of()));
        append(sagaId, 2, new SagaEvent.Fail(null, "full"));
        append(sagaId, 3, new SagaEvent.StepCompensateFailed(HOTEL, 2, "no", code));
        append(sagaId, 4, new SagaEvent.CompensateFail(HOTEL, "no"));
    }

    private void rejected(String sagaId, String code) {
        start(sagaId);
        append(sagaId, 1, new SagaEvent.Enlist(HOTEL, "direct:cancel", null, Map.of()));
        append(sagaId, 2, new SagaEvent.StepRejected(HOTEL, "Book", code, "no room"));
        append(sagaId, 3, new SagaEvent.Fail(null, "There is no room"));
        append(sagaId, 4, new SagaEvent.CompensateComplete());
    }

    @Test
    void countsSagas() throws Exception {
        start("trip-1");
        append("trip-1", 1, new SagaEvent.Complete());
        start("trip-2");

        http.perform(get("/api/sagas/overview"))
                .andExpect(jsonPath("$.total").value(2))
                .andExpect(jsonPath("$.byStatus.COMPLETED").value(1))
                .andExpect(jsonPath("$.byStatus.FAILED").value(0))
                .andExpect(jsonPath("$.names", contains("trip")))
                .andExpect(jsonPath("$.caughtUp").value(true))
                .andExpect(jsonPath("$.lag").value(0));
    }

    @Test
    void givesPayloadsOnlyOneByOne() throws Exception {
        start("trip-1");
        append("trip-1", 1, new SagaEvent.Enlist(HOTEL, null, null, Map.of("card", "4242")));
        append("trip-1", 2, new SagaEvent.Success(HOTEL, "Book", TextNode.valueOf("room 5")));

        assertThat(answer("/api/sagas/trip-1")).contains("Book").doesNotContain("room 5", "4242", "my holiday");
        assertThat(answer("/api/sagas/trip-1/events/0")).contains("my holiday");
        assertThat(answer("/api/sagas/trip-1/events/2")).contains("room 5");
        MvcResult missing = http.perform(get("/api/sagas/trip-1/events/3")).andReturn();
        http.perform(asyncDispatch(missing)).andExpect(status().isNotFound());
    }

    @Test
    void saysWhichStepsTheRouteShows() throws Exception {
        RouteShape route = new RouteShape(null, List.of("TRIP", "HOTEL", "FLIGHT"));
        append(
                "trip-1",
                0,
                new SagaEvent.Start("trip", null, null, null, Map.of(), "trips", null, null, null, route, null, null));
        append("trip-1", 1, new SagaEvent.Enlist(HOTEL, null, null, Map.of()));
        start("trip-2");

        JsonNode shown = new ObjectMapper().readTree(answer("/api/sagas/trip-1"));
        assertThat(shown.path("plan")).extracting(JsonNode::asText).containsExactly("HOTEL", "FLIGHT");
        assertThat(shown.path("events").get(0).has("route")).isFalse();
        assertThat(new ObjectMapper().readTree(answer("/api/sagas/trip-2")).has("plan"))
                .isFalse();
    }

    @Test
    void masksSensitiveFieldsOfPayloads() throws Exception {
        SensitiveFields sensitive = SensitiveFields.of(
                List.of("card", "room"), List.of("2026:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="), null);
        MockMvc masked = MockMvcBuilders.standaloneSetup(
                        new SagaController(view, host, streams, Runnable::run, timers.clock(), sensitive))
                .build();
        start("trip-1");
        append("trip-1", 1, new SagaEvent.Enlist(HOTEL, null, null, Map.of("card", "4242", "city", "Oslo")));

        MvcResult started = masked.perform(get("/api/sagas/trip-1/events/1")).andReturn();
        masked.perform(asyncDispatch(started))
                .andExpect(jsonPath("$.options.card").value("***"))
                .andExpect(jsonPath("$.options.city").value("Oslo"));
    }

    private String answer(String path) throws Exception {
        MvcResult started =
                http.perform(get(path)).andExpect(request().asyncStarted()).andReturn();
        return http.perform(asyncDispatch(started))
                .andExpect(status().isOk())
                .andReturn()
                .getResponse()
                .getContentAsString();
    }

    @Test
    void showsForeignTextsWithoutOrdersToATerminal() throws Exception {
        String orders = "\u009b2J\u202e\u2028";
        append("trip-1", 0, new SagaEvent.Start("trip" + orders, null, "key" + orders, null, Map.of()));
        append("trip-1", 1, new SagaEvent.Enlist(HOTEL, null, null, Map.of()));
        append("trip-1", 2, new SagaEvent.StepRejected(HOTEL, "Book", "FULL" + orders, "no room" + orders));

        for (String shown : List.of(
                answer("/api/sagas/trip-1"),
                http.perform(get("/api/sagas")).andReturn().getResponse().getContentAsString(StandardCharsets.UTF_8),
                http.perform(get("/api/sagas/overview"))
                        .andReturn()
                        .getResponse()
                        .getContentAsString(StandardCharsets.UTF_8))) {
            assertThat(shown)
                    .contains("trip\\\\u009b2J\\\\u202e\\\\u2028")
                    .doesNotContain("\u009b", "\u202e", "\u2028");
        }
    }

    @Test
    void sendsEachSagaThatChanges() throws Exception {
        start("before");
        MvcResult stream = http.perform(get("/api/sagas/events"))
                .andExpect(content().contentTypeCompatibleWith(MediaType.TEXT_EVENT_STREAM))
                .andReturn();
        start("trip-1");
        append("trip-1", 1, new SagaEvent.Complete());

        assertThat(stream.getResponse().getContentAsString().lines().filter(line -> !line.isBlank()))
                .satisfiesExactly(
                        line -> assertThat(line).isEqualTo("event:beat"),
                        line -> assertThat(line).isEqualTo("data:{}"),
                        line -> assertThat(line).startsWith("id:"),
                        line -> assertThat(line).isEqualTo("event:saga"),
                        line -> assertThat(line).contains("\"trip-1\"", "\"EXECUTING\""),
                        line -> assertThat(line).startsWith("id:"),
                        line -> assertThat(line).isEqualTo("event:saga"),
                        line -> assertThat(line).contains("\"trip-1\"", "\"COMPLETED\""));
    }

    @Test
    void tellsWhoComesBackWhatWasMissed() throws Exception {
        MvcResult first = http.perform(get("/api/sagas/events")).andReturn();
        start("trip-1");
        String heard = first.getResponse()
                .getContentAsString()
                .lines()
                .filter(line -> line.startsWith("id:"))
                .findFirst()
                .orElseThrow()
                .substring("id:".length());
        append("trip-1", 1, new SagaEvent.Complete());

        assertThat(comesBackWith(heard)).contains("\"COMPLETED\"").doesNotContain("reload");
        assertThat(comesBackWith("of another process/7")).contains("event:reload");
    }

    private String comesBackWith(String lastEventId) throws Exception {
        return http.perform(get("/api/sagas/events").header("Last-Event-ID", lastEventId))
                .andReturn()
                .getResponse()
                .getContentAsString();
    }

    @Test
    void readsAtMostSoManySagasAtATime() throws Exception {
        start("trip-1");
        List<Runnable> work = new ArrayList<>();
        MockMvc busy = MockMvcBuilders.standaloneSetup(
                        new SagaController(view, host, streams, work::add, timers.clock()))
                .setControllerAdvice(new RefusalsAsProblems())
                .build();
        for (int i = 0; i < SagaController.MOST_READS; i++) {
            busy.perform(get("/api/sagas/trip-1"));
        }

        MvcResult refused = busy.perform(get("/api/sagas/trip-1")).andReturn();
        busy.perform(asyncDispatch(refused)).andExpect(status().isServiceUnavailable());
        work.forEach(Runnable::run);
        work.clear();
        MvcResult answered = busy.perform(get("/api/sagas/trip-1/events/0")).andReturn();
        work.forEach(Runnable::run);
        busy.perform(asyncDispatch(answered)).andExpect(status().isOk());
    }

    @Test
    void opensNoStreamForHead() throws Exception {
        http.perform(head("/api/sagas/events"))
                .andExpect(status().isOk())
                .andExpect(content().contentTypeCompatibleWith(MediaType.TEXT_EVENT_STREAM))
                .andExpect(request().asyncNotStarted());

        assertThat(streams.size()).isZero();
    }

    @Test
    void limitsTheStreamsOfOneClientAndOfAll() throws Exception {
        for (int i = 0; i < SagaEventStreams.PER_CLIENT; i++) {
            listen("192.0.2.1").andExpect(status().isOk());
        }
        listen("192.0.2.1")
                .andExpect(status().isTooManyRequests())
                .andExpect(header().exists("Retry-After"))
                .andExpect(content().string(containsString("caravan.api.streams-per-client")));
        int open = SagaEventStreams.PER_CLIENT;
        for (; open < SagaEventStreams.IN_ALL; open++) {
            listen("198.51.100." + open).andExpect(status().isOk());
        }
        listen("203.0.113.1")
                .andExpect(status().isServiceUnavailable())
                .andExpect(content().string(containsString("caravan.api.streams")));
        assertThat(streams.size()).isEqualTo(SagaEventStreams.IN_ALL);
    }

    private ResultActions listen(String address) throws Exception {
        return http.perform(get("/api/sagas/events").with(request -> {
            request.setRemoteAddr(address);
            return request;
        }));
    }

    @Test
    void sendsTheHeadersOfAStreamBeforeAnotherThreadWritesToIt() throws Exception {
        List<Runnable> writes = new ArrayList<>();
        SagaEventStreams slow = new SagaEventStreams(view, timers, writes::add);
        MvcResult stream = MockMvcBuilders.standaloneSetup(
                        new SagaController(view, host, slow, Runnable::run, timers.clock()))
                .build()
                .perform(get("/api/sagas/events"))
                .andReturn();

        assertThat(writes).hasSize(1);
        assertThat(stream.getResponse().isCommitted()).isTrue();
    }

    @Test
    void endsAStreamAfterAnHour() throws Exception {
        MvcResult stream = listen("192.0.2.1").andReturn();

        timers.advance(Duration.ofMinutes(59));
        assertThat(streams.size()).isOne();
        timers.advance(Duration.ofMinutes(2));

        assertThat(stream.getAsyncResult(0)).isNull();
        assertThat(streams.size()).isZero();
    }

    @Test
    void endsTheStreamsWithTheApplication() throws Exception {
        MvcResult stream = http.perform(get("/api/sagas/events")).andReturn();

        streams.close();

        assertThat(stream.getAsyncResult(0)).isNull();
    }

    private void start(String sagaId) {
        append(
                sagaId,
                0,
                new SagaEvent.Start(
                        "trip",
                        null,
                        "key-of-" + sagaId,
                        TextNode.valueOf("my holiday"),
                        Map.of(),
                        "trips",
                        null,
                        null,
                        null,
                        null,
                        null,
                        null));
    }

    private void append(String sagaId, long sequence, SagaEvent event) {
        Instant at = timers.clock().instant();
        log.append(new SagaLogEntry(new SagaId(sagaId), sequence, at, event));
    }
}
