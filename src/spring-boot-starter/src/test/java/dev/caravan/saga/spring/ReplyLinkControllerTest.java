package dev.caravan.saga.spring;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.asyncDispatch;

import com.fasterxml.jackson.databind.node.TextNode;
import dev.caravan.saga.SagaId;
import dev.caravan.saga.Step;
import dev.caravan.saga.camel.ReplyLinks;
import dev.caravan.saga.camel.StepTokens;
import dev.caravan.saga.engine.AwaitedSteps.Wait;
import dev.caravan.saga.engine.LiveSaga;
import dev.caravan.saga.engine.PendingReplies.Pending;
import dev.caravan.saga.engine.SagaAnswers.By;
import dev.caravan.saga.engine.SagaEngine;
import dev.caravan.saga.state.Awaits;
import dev.caravan.saga.state.InMemorySagaLog;
import dev.caravan.saga.state.SagaEvent;
import dev.caravan.saga.test.ManualTimers;
import dev.caravan.saga.test.TestEngine;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.http.HttpMethod;
import org.springframework.http.MediaType;
import org.springframework.mock.web.MockHttpServletResponse;
import org.springframework.test.web.servlet.MockMvc;
import org.springframework.test.web.servlet.MvcResult;
import org.springframework.test.web.servlet.request.MockMvcRequestBuilders;
import org.springframework.test.web.servlet.setup.MockMvcBuilders;

/** A trip whose step APPROVAL waits for two days for somebody who has a link. */
class ReplyLinkControllerTest {

    private static final SagaId TRIP = new SagaId("trip-1");
    private static final Step APPROVAL = new Step("APPROVAL", 1);
    private static final Duration TWO_DAYS = Duration.ofDays(2);
    private static final byte[] SECRET = "sixteen bytes...".getBytes(UTF_8);

    private final InMemorySagaLog log = new InMemorySagaLog();
    private final ManualTimers timers = new ManualTimers();
    private final SagaEngine engine = TestEngine.on(log, timers).build();
    private final ReplyLinks links = new ReplyLinks(SECRET, URI.create("https://trips.example/saga-replies"));
    private final String token = StepTokens.of(SECRET, "reply").write(TRIP, APPROVAL);
    private final MockMvc http = MockMvcBuilders.standaloneSetup(
                    new ReplyLinkController(links, engine.answers(), timers.clock()))
            .build();
    private LiveSaga trip;

    @BeforeEach
    void waits() {
        trip = engine.host()
                .start(TRIP, new SagaEvent.Start("trip", null, "order-1", null, Map.of(), "orders"))
                .join();
        trip.enlist("APPROVAL", null, null, Map.of()).join();
        Pending reply = trip.expect(APPROVAL, null, "approval", true);
        engine.host()
                .awaited()
                .begin(trip, new Wait(APPROVAL, "approval", null, TWO_DAYS, Optional.empty()), reply)
                .join();
    }

    private MockHttpServletResponse post(String link, String body) throws Exception {
        MvcResult started = http.perform(MockMvcRequestBuilders.post("/saga-replies/" + link)
                        .contentType(MediaType.APPLICATION_JSON)
                        .content(body))
                .andReturn();
        MvcResult answered = started.getRequest().isAsyncStarted()
                ? http.perform(asyncDispatch(started)).andReturn()
                : started;
        return answered.getResponse();
    }

    private int status(String link, String body) throws Exception {
        return post(link, body).getStatus();
    }

    private SagaEvent last() {
        return log.read(TRIP).get(log.read(TRIP).size() - 1).event();
    }

    @Test
    void takesOneAnswer() throws Exception {
        MockHttpServletResponse taken = post(token, "{\"body\": \"yes\", \"reason\": \"fine\"}");

        assertThat(taken.getStatus()).isEqualTo(202);
        assertThat(taken.getHeader("Cache-Control")).isEqualTo("no-store");
        assertThat(taken.getContentAsString()).isEmpty();
        Awaits.StepAnswered yes = new Awaits.StepAnswered(
                APPROVAL, "approval", TextNode.valueOf("yes"), null, null, "whoever had the link", "fine", null);
        assertThat(last()).isEqualTo(yes);

        MockHttpServletResponse second = post(token, "{\"code\": \"NO\"}");
        assertThat(second.getStatus()).isEqualTo(409);
        assertThat(second.getContentAsString()).as("says nothing of the saga").isEmpty();
        assertThat(last()).isEqualTo(yes);
    }

    @Test
    void takesANo() throws Exception {
        assertThat(status(token, "{\"code\": \"TOO_EXPENSIVE\"}")).isEqualTo(202);

        assertThat(last()).isInstanceOfSatisfying(Awaits.StepAnswered.class, no -> assertThat(no.code())
                .isEqualTo("TOO_EXPENSIVE"));
    }

    /** Wherever the deadline is by then. */
    @Test
    void isGoodUntilTheDeadlineOfTheStep() throws Exception {
        engine.answers()
                .moveDeadline(TRIP, APPROVAL, timers.clock().instant().plus(Duration.ofDays(3)), By.NOBODY)
                .join();
        timers.advance(TWO_DAYS.plusHours(1));
        assertThat(trip.state().step(APPROVAL).orElseThrow().isAwaiting()).isTrue();
        timers.advance(Duration.ofDays(1));

        assertThat(status(token, "{}")).isEqualTo(409);
        assertThat(last()).isInstanceOfSatisfying(Awaits.StepAnswered.class, late -> assertThat(late.code())
                .isEqualTo(Awaits.TIMED_OUT));
    }

    @Test
    void refusesWhatIsNoLinkOfThisApplicationOrForAnotherPurpose() throws Exception {
        SagaEvent before = last();
        char changed = token.charAt(3) == 'A' ? 'B' : 'A';
        for (String wrong : new String[] {
            "x",
            token.substring(0, 3) + changed + token.substring(4),
            StepTokens.of(SECRET, "callback/complete").write(TRIP, APPROVAL),
            StepTokens.of(SECRET).write(TRIP, APPROVAL),
            StepTokens.of("another secret..".getBytes(UTF_8), "reply").write(TRIP, APPROVAL)
        }) {
            assertThat(status(wrong, "{}")).as(wrong).isEqualTo(404);
        }
        assertThat(status(StepTokens.of(SECRET, "reply").write(TRIP, new Step("PAYMENT", 1)), "{}"))
                .isEqualTo(409);
        assertThat(status(StepTokens.of(SECRET, "reply").write(new SagaId("trip-2"), APPROVAL), "{}"))
                .isEqualTo(409);
        assertThat(last()).isEqualTo(before);
    }

    /** As what looks at the links of a mail does. */
    @ParameterizedTest
    @ValueSource(strings = {"GET", "HEAD", "PUT", "DELETE"})
    void answersNothingByAnotherMethod(String method) throws Exception {
        SagaEvent before = last();

        assertThat(http.perform(MockMvcRequestBuilders.request(HttpMethod.valueOf(method), "/saga-replies/" + token))
                        .andReturn()
                        .getResponse()
                        .getStatus())
                .isEqualTo(405);
        assertThat(last()).isEqualTo(before);
    }

    @ParameterizedTest
    @ValueSource(strings = {"{", "yes", "{\"body\":"})
    void refusesWhatIsNoJson(String body) throws Exception {
        assertThat(status(token, body)).isEqualTo(400);
        assertThat(trip.state().step(APPROVAL).orElseThrow().isAwaiting()).isTrue();
    }

    @Test
    void refusesALargeAnswer() throws Exception {
        String body = "{\"body\": \"%s\"}".formatted("x".repeat(ReplyLinkController.LARGEST));

        assertThat(status(token, body)).isEqualTo(413);
        assertThat(trip.state().step(APPROVAL).orElseThrow().isAwaiting()).isTrue();
    }

    @Test
    void refusesMoreThanItTakesInASecond() throws Exception {
        for (int i = 0; i < ReplyLinkController.MOST_IN_A_SECOND; i++) {
            assertThat(status("x", "{}")).isEqualTo(404);
        }

        MockHttpServletResponse tooMany = post(token, "{}");
        assertThat(tooMany.getStatus()).isEqualTo(429);
        assertThat(tooMany.getHeader("Retry-After")).isEqualTo("1");
        timers.advance(Duration.ofSeconds(1));
        assertThat(status(token, "{}")).isEqualTo(202);
    }
}
