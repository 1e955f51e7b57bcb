package dev.caravan.saga.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.asyncDispatch;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.post;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.status;

import dev.caravan.saga.SagaId;
import dev.caravan.saga.Step;
import dev.caravan.saga.engine.OwnedPartitions;
import dev.caravan.saga.engine.SagaEngine;
import dev.caravan.saga.state.InMemorySagaLog;
import dev.caravan.saga.state.SagaEvent;
import dev.caravan.saga.state.SagaLogEntry;
import dev.caravan.saga.state.StepCorrection;
import dev.caravan.saga.state.StepResolved;
import dev.caravan.saga.test.ManualTimers;
import dev.caravan.saga.test.TestEngine;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.http.MediaType;
import org.springframework.test.web.servlet.MockMvc;
import org.springframework.test.web.servlet.MvcResult;
import org.springframework.test.web.servlet.request.MockHttpServletRequestBuilder;
import org.springframework.test.web.servlet.setup.MockMvcBuilders;

class OperatorControllerTest {

    private static final SagaId TRIP = new SagaId("trip-1");
    private static final Step PAY = new Step("PAY", 1);

    private final InMemorySagaLog log = new InMemorySagaLog();
    private final ManualTimers timers = new ManualTimers();
    private final SagaEngine engine = TestEngine.on(log, timers)
            .application("test")
            .partitions(OwnedPartitions.Ends.UNTOLD)
            .build();
    private final MockMvc http = MockMvcBuilders.standaloneSetup(new OperatorController(engine.operator()))
            .build();

    @BeforeEach
    void fail() {
        OwnedPartitions partitions = engine.partitions();
        partitions.gained(0, 0, 0);
        AtomicLong offset = new AtomicLong();
        log.follow(entry -> partitions.read(0, offset.getAndIncrement(), entry));
        append(new SagaEvent.Start("trip", null, "order-1", null, Map.of()));
        append(new SagaEvent.Enlist(PAY, "direct:refund", null, Map.of()));
        append(new SagaEvent.Fail(null, "full"));
        append(new SagaEvent.StepCompensateFailed(PAY, 2, "away", null));
        append(new SagaEvent.CompensateFail(PAY, "away"));
    }

    private void append(SagaEvent event) {
        log.append(new SagaLogEntry(TRIP, log.read(TRIP).size(), timers.clock().instant(), event));
    }

    @Test
    void writesDownWhoHasLoggedInWhateverTheBodySays() throws Exception {
        resolve("{\"who\": \"mallory\", \"reason\": \"done\"}", request -> request.principal(() -> "alice"));

        assertThat(last()).isEqualTo(new SagaEvent.Resolve("alice", "done", null));
    }

    @Test
    void writesDownWhoSaysSoWhereThereIsNoLogin() throws Exception {
        resolve("{\"who\": \"bob\", \"reason\": \"done\"}", request -> request);

        assertThat(last()).isEqualTo(new SagaEvent.Resolve("bob", "done", null));
    }

    @Test
    void retriesAndResolvesOneStep() throws Exception {
        perform("steps/PAY/retry", "{\"who\": \"bob\", \"reason\": \"open\"}");
        assertThat(last()).isEqualTo(new SagaEvent.Retry("bob", "open", null, PAY, null));
    }

    @Test
    void takesTheProofForOneStep() throws Exception {
        perform("steps/PAY/resolve", "{\"who\": \"bob\", \"reason\": \"refund 4711\"}");
        assertThat(log.read(TRIP))
                .extracting(SagaLogEntry::event)
                .endsWith(
                        new StepResolved(PAY, "bob", "refund 4711", null),
                        new SagaEvent.Resolve("bob", "refund 4711", null));
    }

    @Test
    void sendsCorrectedData() throws Exception {
        perform("steps/PAY/correct", "{\"who\": \"bob\", \"reason\": \"closed\", \"data\": {\"iban\": \"DE02\"}}");
        assertThat(log.read(TRIP))
                .extracting(SagaLogEntry::event)
                .endsWith(
                        new StepCorrection(PAY, Map.of("iban", "DE02"), "bob", "closed", null),
                        new SagaEvent.Retry("bob", "closed", null, PAY, 5L));
    }

    @Test
    void refusesACorrectionWithTheMaskOfASensitiveFieldAtAnyDepth() throws Exception {
        Map<String, String> masked = Map.of(
                "{\"iban\": \"***\"}", "iban",
                "{\"customer\": {\"name\": \"Ann\", \"iban\": \"***\"}}", "customer.iban",
                "{\"items\": [1, {\"card\": \"***\"}]}", "items[1].card");
        for (Map.Entry<String, String> data : masked.entrySet()) {
            String problem = String.valueOf(http.perform(post("/api/sagas/trip-1/steps/PAY/correct")
                            .contentType(MediaType.APPLICATION_JSON)
                            .content("{\"who\": \"bob\", \"reason\": \"closed\", \"data\": %s}"
                                    .formatted(data.getKey())))
                    .andExpect(status().isBadRequest())
                    .andReturn()
                    .getResolvedException());
            assertThat(problem).contains("data has the mask *** in " + data.getValue() + ", which would be sent");
        }
        assertThat(log.read(TRIP)).hasSize(5);
    }

    @Test
    void confirmsCorrectedDataThatWaits() throws Exception {
        append(new StepCorrection(PAY, Map.of("iban", "DE02"), "bob", "closed", null));
        perform("steps/PAY/confirm", "{\"who\": \"ann\", \"reason\": \"seen\", \"correction\": 5}");
        assertThat(last()).isEqualTo(new SagaEvent.Retry("ann", "seen", null, PAY, 5L));
    }

    @Test
    void refusesACorrectionWithoutDataAndAConfirmationOfNothing() throws Exception {
        for (String body : List.of("{}", "{\"data\": {}}", "{\"data\": {\"iban\": 1}}", "{\"correction\": 5}")) {
            http.perform(post("/api/sagas/trip-1/steps/PAY/correct")
                            .contentType(MediaType.APPLICATION_JSON)
                            .content(body))
                    .andExpect(status().isBadRequest());
        }
        http.perform(post("/api/sagas/trip-1/steps/PAY/confirm")
                        .contentType(MediaType.APPLICATION_JSON)
                        .content("{\"who\": \"ann\", \"reason\": \"seen\"}"))
                .andExpect(status().isBadRequest());
        http.perform(post("/api/sagas/trip-1/steps/PAY/confirm")
                        .contentType(MediaType.APPLICATION_JSON)
                        .content("{\"who\": \"ann\", \"reason\": \"seen\", \"correction\": 3}"))
                .andExpect(status().isConflict());
        assertThat(log.read(TRIP)).hasSize(5);
    }

    @Test
    void refusesStepsOfWhichNothingWasGivenUp() throws Exception {
        for (String step : List.of("HOTEL", "PAY#2")) {
            for (String act : List.of("retry", "resolve")) {
                http.perform(post(URI.create("/api/sagas/trip-1/steps/" + step.replace("#", "%23") + "/" + act))
                                .contentType(MediaType.APPLICATION_JSON)
                                .content("{\"who\": \"bob\", \"reason\": \"done\"}"))
                        .andExpect(status().isConflict());
            }
        }
        assertThat(log.read(TRIP)).hasSize(5);
    }

    private void perform(String act, String body) throws Exception {
        MvcResult started = http.perform(post("/api/sagas/trip-1/" + act)
                        .contentType(MediaType.APPLICATION_JSON)
                        .content(body))
                .andReturn();
        http.perform(asyncDispatch(started)).andExpect(status().isAccepted());
    }

    private void resolve(String body, UnaryOperator<MockHttpServletRequestBuilder> login) throws Exception {
        MvcResult started = http.perform(login.apply(post("/api/sagas/trip-1/resolve")
                        .contentType(MediaType.APPLICATION_JSON)
                        .content(body)))
                .andReturn();
        http.perform(asyncDispatch(started)).andExpect(status().isAccepted());
    }

    @Test
    void refusesWithoutAReasonAndInAnotherForm() throws Exception {
        http.perform(post("/api/sagas/trip-1/resolve")
                        .contentType(MediaType.APPLICATION_JSON)
                        .content("{\"who\": \"bob\"}"))
                .andExpect(status().isBadRequest());
        http.perform(post("/api/sagas/trip-1/resolve")
                        .contentType(MediaType.APPLICATION_JSON)
                        .content("{\"reason\": \"done\"}"))
                .andExpect(status().isBadRequest());
        http.perform(post("/api/sagas/trip-1/resolve")
                        .contentType(MediaType.TEXT_PLAIN)
                        .content("{\"who\": \"bob\", \"reason\": \"done\"}"))
                .andExpect(status().isUnsupportedMediaType());
        http.perform(post("/api/sagas/trip-1/cancel")
                        .contentType(MediaType.APPLICATION_JSON)
                        .content("{\"who\": \"bob\", \"reason\": \"done\"}"))
                .andExpect(status().isConflict());
        assertThat(log.read(TRIP)).hasSize(5);
    }

    private SagaEvent last() {
        return log.read(TRIP).get(log.read(TRIP).size() - 1).event();
    }
}
