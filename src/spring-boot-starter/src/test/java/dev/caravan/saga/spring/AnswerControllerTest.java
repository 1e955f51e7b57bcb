package dev.caravan.saga.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.asyncDispatch;

import com.fasterxml.jackson.databind.node.TextNode;
import dev.caravan.saga.SagaId;
import dev.caravan.saga.Step;
import dev.caravan.saga.engine.AwaitedSteps.Wait;
import dev.caravan.saga.engine.LiveSaga;
import dev.caravan.saga.engine.OwnedPartitions;
import dev.caravan.saga.engine.PendingReplies.Pending;
import dev.caravan.saga.engine.SagaEngine;
import dev.caravan.saga.state.Awaits;
import dev.caravan.saga.state.InMemorySagaLog;
import dev.caravan.saga.state.SagaEvent;
import dev.caravan.saga.state.StepState;
import dev.caravan.saga.test.ManualTimers;
import dev.caravan.saga.test.TestEngine;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.http.MediaType;
import org.springframework.http.converter.json.Jackson2ObjectMapperBuilder;
import org.springframework.http.converter.json.MappingJackson2HttpMessageConverter;
import org.springframework.test.web.servlet.MockMvc;
import org.springframework.test.web.servlet.MvcResult;
import org.springframework.test.web.servlet.request.MockMvcRequestBuilders;
import org.springframework.test.web.servlet.setup.MockMvcBuilders;

/** A trip whose step APPROVAL waits for two days. */
class AnswerControllerTest {

    private static final SagaId TRIP = new SagaId("trip-1");
    private static final Step APPROVAL = new Step("APPROVAL", 1);

    private final InMemorySagaLog log = new InMemorySagaLog();
    private final ManualTimers timers = new ManualTimers();
    private final SagaEngine engine = TestEngine.on(log, timers)
            .application("test")
            .partitions(OwnedPartitions.Ends.UNTOLD)
            .build();
    private final OwnedPartitions partitions = engine.partitions();
    private final MockMvc http = MockMvcBuilders.standaloneSetup(new AnswerController(engine.answers()))
            .setMessageConverters(new MappingJackson2HttpMessageConverter(
                    Jackson2ObjectMapperBuilder.json().build()))
            .build();
    private LiveSaga trip;

    @BeforeEach
    void waits() {
        partitions.gained(0, 0, 0);
        AtomicLong offset = new AtomicLong();
        log.follow(entry -> partitions.read(0, offset.getAndIncrement(), entry));
        trip = engine.host()
                .start(TRIP, new SagaEvent.Start("trip", null, "order-1", null, Map.of(), "test"))
                .join();
        trip.enlist("APPROVAL", null, null, Map.of()).join();
        Pending reply = trip.expect(APPROVAL, null, "approval", true);
        engine.host()
                .awaited()
                .begin(trip, new Wait(APPROVAL, "approval", null, Duration.ofDays(2), Optional.empty()), reply)
                .join();
    }

    private int post(String path, String body) throws Exception {
        MvcResult started = http.perform(MockMvcRequestBuilders.post("/api/sagas/" + path)
                        .contentType(MediaType.APPLICATION_JSON)
                        .content(body))
                .andReturn();
        MvcResult answered = started.getRequest().isAsyncStarted()
                ? http.perform(asyncDispatch(started)).andReturn()
                : started;
        return answered.getResponse().getStatus();
    }

    private StepState approval() {
        return trip.state().step(APPROVAL).orElseThrow();
    }

    private SagaEvent last() {
        return log.read(TRIP).get(log.read(TRIP).size() - 1).event();
    }

    @Test
    void answersTheStepOnceAndSaysWhoAndWhy() throws Exception {
        assertThat(post("trip-1/steps/APPROVAL/reply", "{\"who\": \"ann\", \"reason\": \"fine\", \"body\": \"yes\"}"))
                .isEqualTo(202);
        assertThat(last())
                .isEqualTo(new Awaits.StepAnswered(
                        APPROVAL, "approval", TextNode.valueOf("yes"), null, null, "ann", "fine", null));

        assertThat(post("trip-1/steps/APPROVAL/reply", "{\"who\": \"bob\", \"reason\": \"no\", \"code\": \"NO\"}"))
                .isEqualTo(409);
    }

    @Test
    void saysNo() throws Exception {
        assertThat(post(
                        "trip-1/steps/APPROVAL/reply",
                        "{\"who\": \"ann\", \"reason\": \"the year is over\", \"code\": \"TOO_EXPENSIVE\"}"))
                .isEqualTo(202);

        assertThat(approval().failures()).containsKey("approval");
    }

    @Test
    void takesASignalOnce() throws Exception {
        String signal = "{\"who\": \"ann\", \"reason\": \"fine\", \"id\": \"1\", \"body\": \"yes\"}";
        assertThat(post("trip-1/signals/other", signal)).isEqualTo(202);
        assertThat(post("trip-1/signals/other", signal)).isEqualTo(202);

        assertThat(trip.state().signals().waiting()).hasSize(1);
    }

    @Test
    void movesTheDeadline() throws Exception {
        Instant later = timers.clock().instant().plus(Duration.ofDays(9));
        assertThat(post(
                        "trip-1/steps/APPROVAL/deadline",
                        "{\"who\": \"ann\", \"reason\": \"on leave\", \"deadline\": \"%s\"}".formatted(later)))
                .isEqualTo(202);

        assertThat(approval().awaiting().deadline()).isEqualTo(later);
    }

    @Test
    void refusesWhatIsNotWhole() throws Exception {
        assertThat(post("trip-1/steps/APPROVAL/reply", "{\"who\": \"ann\"}")).isEqualTo(400);
        assertThat(post("trip-1/steps/APPROVAL/reply", "{\"reason\": \"fine\"}"))
                .isEqualTo(400);
        assertThat(post("trip-1/steps/APPROVAL/deadline", "{\"who\": \"ann\", \"reason\": \"on leave\"}"))
                .isEqualTo(400);
        assertThat(post("trip-1/steps/approval/reply", "{\"who\": \"ann\", \"reason\": \"fine\"}"))
                .isEqualTo(404);
        assertThat(post("trip-2/steps/APPROVAL/reply", "{\"who\": \"ann\", \"reason\": \"fine\"}"))
                .isEqualTo(409);
        assertThat(approval().isAwaiting()).isTrue();
    }
}
