package dev.caravan.saga.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.delete;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.get;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.post;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.jsonPath;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.status;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.caravan.saga.SagaId;
import dev.caravan.saga.SagaStatus;
import dev.caravan.saga.Step;
import dev.caravan.saga.engine.LiveSaga;
import dev.caravan.saga.engine.OwnedPartitions;
import dev.caravan.saga.engine.SagaEngine;
import dev.caravan.saga.engine.SagaRecovery;
import dev.caravan.saga.monitoring.SagaView;
import dev.caravan.saga.state.Awaits;
import dev.caravan.saga.state.InMemorySagaLog;
import dev.caravan.saga.state.SagaEvent;
import dev.caravan.saga.state.SagaState;
import dev.caravan.saga.test.ManualTimers;
import dev.caravan.saga.test.TestEngine;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.http.MediaType;
import org.springframework.test.web.servlet.MockMvc;
import org.springframework.test.web.servlet.ResultActions;
import org.springframework.test.web.servlet.setup.MockMvcBuilders;

class BulkActControllerTest {

    private static final Step PAY = new Step("PAY", 1);
    private static final String RETRY_FAILED =
            "{'action': 'retry', 'filter': {'status': 'FAILED'}, 'who': 'ann', 'reason': 'the bank is back'";

    private final InMemorySagaLog log = new InMemorySagaLog();
    private final ManualTimers timers = new ManualTimers();
    private final SagaView view = new SagaView(log, timers.clock(), 10_000, Duration.ofMinutes(5));
    private final Queue<LiveSaga> retried = new ArrayDeque<>();
    private final SagaEngine engine = TestEngine.on(log, timers)
            .application("test")
            .partitions(OwnedPartitions.Ends.UNTOLD)
            .recovery(host -> new Undoing())
            .build();
    private final MockMvc http = MockMvcBuilders.standaloneSetup(new BulkActController(
                    new BulkActs(view, engine.operator(), engine.answers(), timers, Runnable::run)))
            .setControllerAdvice(new RefusalsAsProblems())
            .build();

    /** What is retried is undone when the test says so. */
    private final class Undoing implements SagaRecovery {

        @Override
        public void resume(LiveSaga saga) {
            retried.add(saga);
        }

        @Override
        public CompletableFuture<Void> cancel(LiveSaga saga, SagaEvent.Fail reason) {
            return saga.append(reason);
        }
    }

    @BeforeEach
    void follow() {
        OwnedPartitions partitions = engine.partitions();
        partitions.gained(0, 0, 0);
        AtomicLong offset = new AtomicLong();
        log.follow(entry -> partitions.read(0, offset.getAndIncrement(), entry));
        view.follow();
    }

    @Test
    void repairsAThousandFailedSagasInOneActWhileOthersRun() throws Exception {
        for (int i = 0; i < 1000; i++) {
            fail("trip-" + i, List.of("CLOSED", "AWAY", "LOCKED").get(i % 3));
        }
        List<LiveSaga> running = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            running.add(start("other-" + i));
        }

        String act = begin(RETRY_FAILED + ", 'perSecond': 100}");
        for (int second = 0; second < 10; second++) {
            timers.advance(Duration.ofSeconds(1));
            assertThat(find(act).path("accepted").asInt()).isEqualTo(100 * (second + 1));
            undoAll();
            LiveSaga other = running.get(second);
            other.append(new SagaEvent.Complete()).join();
        }
        timers.advance(Duration.ofSeconds(1));

        JsonNode end = find(act);
        assertThat(end.path("state").asText()).isEqualTo("DONE");
        assertThat(end.path("byStatus").path("COMPENSATED").asInt()).isEqualTo(1000);
        assertThat(end.path("refused").asInt()).isZero();
        assertThat(view.overview().byStatus())
                .containsEntry(SagaStatus.COMPENSATED, 1000L)
                .containsEntry(SagaStatus.COMPLETED, 10L)
                .containsEntry(SagaStatus.EXECUTING, 90L);
        assertThat(log.read(new SagaId("trip-7")))
                .filteredOn(entry -> entry.event() instanceof SagaEvent.Retry)
                .singleElement()
                .satisfies(entry -> assertThat(entry.event())
                        .isEqualTo(new SagaEvent.Retry(
                                "ann", "the bank is back (act %s)".formatted(act), null, null, null)));
    }

    @Test
    void saysBeforehandWhatWouldBeDoneAndDoesNothing() throws Exception {
        fail("trip-1", "CLOSED");
        fail("trip-2", "AWAY");
        start("trip-3");

        order("{'action': 'retry', 'filter': {'step': 'PAY'}, 'dryRun': true}")
                .andExpect(status().isOk())
                .andExpect(jsonPath("$.count").value(2))
                .andExpect(jsonPath("$.leftOut.EXECUTING").value(1))
                .andExpect(jsonPath("$.sagas.length()").value(2));
        order("{'action': 'retry', 'sagas': ['trip-1', 'trip-1', 'trip-9'], 'dryRun': true}")
                .andExpect(jsonPath("$.count").value(1))
                .andExpect(jsonPath("$.leftOut['not in the list of sagas']").value(1));
        order("{'action': 'cancel', 'filter': {'code': 'CLOSED'}, 'dryRun': true}")
                .andExpect(jsonPath("$.count").value(0));
        timers.advance(Duration.ofMinutes(1));
        assertThat(retried).isEmpty();
    }

    @Test
    void beginsNoMoreWhenItIsStopped() throws Exception {
        for (int i = 0; i < 10; i++) {
            fail("trip-" + i, "CLOSED");
        }
        String act = begin(RETRY_FAILED + ", 'perSecond': 2}");
        timers.advance(Duration.ofSeconds(2));

        http.perform(delete("/api/sagas/actions/" + act)).andExpect(status().isBadRequest());
        http.perform(delete("/api/sagas/actions/" + act).principal(() -> "bob"))
                .andExpect(jsonPath("$.state").value("STOPPED"))
                .andExpect(jsonPath("$.stoppedBy").value("bob"));
        timers.advance(Duration.ofMinutes(1));

        assertThat(find(act).path("accepted").asInt()).isEqualTo(4);
        assertThat(find(act).path("byStatus").path("FAILED").asInt()).isEqualTo(6);
    }

    @Test
    void countsWhatSagasRefuse() throws Exception {
        fail("trip-1", "CLOSED");
        fail("trip-2", "CLOSED");
        String act = begin(RETRY_FAILED + "}");
        engine.operator().resolve(new SagaId("trip-1"), "bob", "by hand").join();
        timers.advance(Duration.ofSeconds(1));

        JsonNode end = find(act);
        assertThat(end.path("accepted").asInt()).isOne();
        assertThat(end.path("refused").asInt()).isOne();
        assertThat(end.path("refusals").get(0).path("sagaId").asText()).isEqualTo("trip-1");
        assertThat(end.path("refusals").get(0).path("detail").asText()).contains("has ended");
    }

    @Test
    void cancelsResolvesAndAnswersMany() throws Exception {
        fail("trip-1", "CLOSED");
        start("trip-2");
        LiveSaga waits = start("trip-3");
        waits.append(new Awaits.StepAwaits(
                        PAY, "approval", null, timers.clock().instant().plusSeconds(3600), null, null, null, null))
                .join();

        begin("{'action': 'resolve', 'filter': {'status': 'FAILED'}, 'who': 'ann', 'reason': 'by hand'}");
        begin("{'action': 'answer', 'sagas': ['trip-2', 'trip-3'], 'step': 'PAY', 'body': {'ok': true}, 'who': 'ann',"
                + " 'reason': 'seen'}");
        begin("{'action': 'cancel', 'sagas': ['trip-2'], 'who': 'ann', 'reason': 'twice'}");
        timers.advance(Duration.ofSeconds(1));

        assertThat(state("trip-1").status()).isEqualTo(SagaStatus.COMPENSATED);
        assertThat(state("trip-2").reason()).startsWith("Cancelled by ann: twice (act ");
        assertThat(state("trip-3").step(PAY).orElseThrow().results())
                .containsEntry("approval", new ObjectMapper().readTree("{\"ok\": true}"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'action': 'retry', 'who': 'ann', 'reason': 'x'}",
                "{'action': 'retry', 'filter': {}, 'who': 'ann', 'reason': 'x'}",
                "{'action': 'retry', 'filter': {'status': 'FAILED', 'stpe': 'PAY'}, 'who': 'ann', 'reason': 'x'}",
                "{'action': 'retry', 'filter': {'status': 'OPEN'}, 'who': 'ann', 'reason': 'x'}",
                "{'action': 'retry', 'filter': {'order': 'attention'}, 'who': 'ann', 'reason': 'x'}",
                "{'action': 'retry', 'filter': {'attention': 'false'}, 'who': 'ann', 'reason': 'x'}",
                "{'action': 'retry', 'filter': {'status': ' '}, 'who': 'ann', 'reason': 'x'}",
                "{'action': 'retry', 'filter': {'status': 'FAILED', 'limit': '1'}, 'who': 'ann', 'reason': 'x'}",
                "{'action': 'retry', 'filter': {'status': 'FAILED', 'after': 'x'}, 'who': 'ann', 'reason': 'x'}",
                "{'action': 'retry', 'filter': {'status': 'FAILED'}, 'sagas': ['trip-1'], 'who': 'ann', 'reason': 'x'}",
                "{'action': 'delete', 'sagas': ['trip-1'], 'who': 'ann', 'reason': 'x'}",
                "{'action': 'answer', 'sagas': ['trip-1'], 'who': 'ann', 'reason': 'x'}",
                "{'action': 'retry', 'sagas': ['trip-1'], 'perSecond': 1001, 'who': 'ann', 'reason': 'x'}",
                "{'action': 'retry', 'sagas': ['trip-1'], 'who': 'ann'}",
                "{'action': 'retry', 'sagas': ['trip-1'], 'reason': 'x'}",
                "{'sagas': ['trip-1'], 'who': 'ann', 'reason': 'x'}"
            })
    void refusesWhatIsNotClear(String order) throws Exception {
        fail("trip-1", "CLOSED");

        order(order).andExpect(status().isBadRequest());
        timers.advance(Duration.ofMinutes(1));
        assertThat(retried).isEmpty();
    }

    @Test
    void runsSoManyActsAtATime() throws Exception {
        fail("trip-1", "CLOSED");
        for (int i = 0; i < BulkActs.MOST_RUNNING; i++) {
            begin(RETRY_FAILED + "}");
        }
        order(RETRY_FAILED + "}").andExpect(status().isServiceUnavailable());
        timers.advance(Duration.ofSeconds(2));
        begin(RETRY_FAILED + "}");
        http.perform(get("/api/sagas/actions")).andExpect(jsonPath("$.length()").value(BulkActs.MOST_RUNNING + 1));
        http.perform(get("/api/sagas/actions/none")).andExpect(status().isNotFound());
    }

    private ResultActions order(String json) throws Exception {
        return http.perform(post("/api/sagas/actions")
                .contentType(MediaType.APPLICATION_JSON)
                .content(json.replace('\'', '"')));
    }

    private String begin(String json) throws Exception {
        return order(json)
                .andExpect(status().isAccepted())
                .andReturn()
                .getResponse()
                .getHeader("Location")
                .substring("/api/sagas/actions/".length());
    }

    private JsonNode find(String act) throws Exception {
        return new ObjectMapper()
                .readTree(http.perform(get("/api/sagas/actions/" + act))
                        .andExpect(status().isOk())
                        .andReturn()
                        .getResponse()
                        .getContentAsString());
    }

    private LiveSaga start(String id) {
        LiveSaga saga = engine.host()
                .start(new SagaId(id), new SagaEvent.Start("trip", null, null, null, Map.of(), "test"))
                .join();
        saga.enlist("PAY", "direct:refund", null, Map.of()).join();
        return saga;
    }

    private void fail(String id, String code) {
        LiveSaga saga = start(id);
        saga.append(new SagaEvent.Fail(PAY, "no")).join();
        saga.append(new SagaEvent.StepCompensateFailed(PAY, 3, "no refund", code))
                .join();
        saga.append(new SagaEvent.CompensateFail(PAY, "no refund")).join();
    }

    private void undoAll() {
        for (LiveSaga saga = retried.poll(); saga != null; saga = retried.poll()) {
            saga.append(new SagaEvent.CompensateSuccess(PAY)).join();
            saga.append(new SagaEvent.CompensateComplete()).join();
        }
    }

    private SagaState state(String id) {
        return SagaState.replay(new SagaId(id), log.read(new SagaId(id)));
    }
}
