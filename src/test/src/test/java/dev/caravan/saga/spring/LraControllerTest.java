package dev.caravan.saga.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.asyncDispatch;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.get;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.post;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.caravan.saga.SagaId;
import dev.caravan.saga.engine.SagaEngine;
import dev.caravan.saga.lra.CoordinatorLras;
import dev.caravan.saga.monitoring.SagaView;
import dev.caravan.saga.state.InMemorySagaLog;
import dev.caravan.saga.state.SagaEvent;
import dev.caravan.saga.test.ManualTimers;
import dev.caravan.saga.test.TestEngine;
import dev.caravan.testing.HangLimit;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.http.MediaType;
import org.springframework.mock.web.MockHttpServletResponse;
import org.springframework.test.web.servlet.MockMvc;
import org.springframework.test.web.servlet.MvcResult;
import org.springframework.test.web.servlet.request.MockHttpServletRequestBuilder;
import org.springframework.test.web.servlet.setup.MockMvcBuilders;

@ExtendWith(OutputCaptureExtension.class)
class LraControllerTest {

    private final InMemorySagaLog log = new InMemorySagaLog();
    private final ManualTimers timers = new ManualTimers();
    private final SagaView view = new SagaView(log, timers.clock(), 100, Duration.ofMinutes(5));
    private final SagaEngine engine =
            TestEngine.on(log, timers).application("hotels").build();
    private final CoordinatorOfOthers others = new CoordinatorOfOthers();
    private final CoordinatorLras coordinator = others.lras(engine.host());
    private final MockMvc http = over(new LraList(() -> coordinator, view, Runnable::run));

    private static MockMvc over(LraList lras) {
        return MockMvcBuilders.standaloneSetup(
                        new LraController(lras), new LraOperatorController(lras), new AccessController(true, lras))
                .setControllerAdvice(new RefusalsAsProblems())
                .build();
    }

    @BeforeEach
    void runASagaOfAnotherApplication() {
        view.follow();
        engine.host()
                .start(new SagaId("trip-1"), new SagaEvent.Start("trip", null, null, null, Map.of(), "hotels"))
                .join();
    }

    private MockHttpServletResponse perform(MockHttpServletRequestBuilder request) throws Exception {
        return perform(http, request);
    }

    private static MockHttpServletResponse perform(MockMvc http, MockHttpServletRequestBuilder request)
            throws Exception {
        MvcResult result = http.perform(request).andReturn();
        if (result.getRequest().isAsyncStarted()) {
            result.getAsyncResult(HangLimit.TIME.toMillis());
            result = http.perform(asyncDispatch(result)).andReturn();
        }
        return result.getResponse();
    }

    private static JsonNode json(MockHttpServletResponse response) throws Exception {
        return new ObjectMapper().readTree(response.getContentAsByteArray());
    }

    private static MockHttpServletRequestBuilder act(String lra, String act) {
        return post("/api/lras/" + lra + "/" + act)
                .contentType(MediaType.APPLICATION_JSON)
                .content("{\"who\": \"bob\", \"reason\": \"the hotel\\nis back\"}");
    }

    @Test
    void leavesOutTheLraOfASagaOfAnyApplicationInTheList() throws Exception {
        assertThat(json(perform(get("/api/lras"))))
                .extracting(lra -> lra.path("id").asText())
                .containsExactly("a1", "c3", "e5", "f6");
        assertThat(json(perform(get("/api/lras?sagas=true"))))
                .extracting(lra -> lra.path("id").asText() + lra.path("sagaId").asText())
                .containsExactly("a1", "c3", "d4trip-1", "e5", "f6");
        MockHttpServletResponse refused = perform(act("d4", "cancel"));
        assertThat(refused.getStatus()).isEqualTo(409);
        assertThat(refused.getContentAsString()).contains("LRA d4 is that of saga trip-1");
    }

    @Test
    void hasPagesAndSaysHowManyThereAre() throws Exception {
        MockHttpServletResponse first = perform(get("/api/lras?limit=3"));
        assertThat(first.getHeader("Lra-Total")).isEqualTo("4");
        String link = String.valueOf(first.getHeader("Link"));

        MockHttpServletResponse second = perform(get(link.substring(1, link.indexOf('>'))));
        assertThat(json(second))
                .singleElement()
                .satisfies(lra -> assertThat(lra.path("finishedAt").asText()).isEqualTo("2026-03-01T12:01:00Z"));
        assertThat(second.getHeader("Link")).isNull();
        assertThat(json(perform(get("/api/lras?status=Cancelling,FailedToClose"))))
                .extracting(lra -> lra.path("id").asText())
                .containsExactly("e5", "f6");
    }

    @ParameterizedTest
    @ValueSource(strings = {"limit=0", "limit=1001", "limit=-1", "limit=x", "status=Gone", "status=ACTIVE", "after=x"})
    void asksNobodyForWhatIsWrong(String query) throws Exception {
        assertThat(perform(get("/api/lras?" + query)).getStatus()).isEqualTo(400);
        assertThat(others.requests()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"recovery", "start", "..", "a1%2Fcancel", "zz", "_a1"})
    void asksNobodyForWhatIsNoId(String id) throws Exception {
        assertThat(perform(get(URI.create("/api/lras/" + id))).getStatus()).isIn(400, 404);
        assertThat(others.requests()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "a1, cancel, 200, PUT /a1/cancel",
        "a1, close, 200, PUT /a1/close",
        "a1, recover, 409,",
        "a1, forget, 409,",
        "c3, cancel, 504, PUT /c3/cancel",
        "e5, cancel, 409,",
        "e5, close, 409,",
        "e5, recover, 202, GET /recovery",
        "e5, forget, 409,",
        "f6, cancel, 409,",
        "f6, recover, 409,",
        "f6, forget, 204, DELETE /recovery/f6",
        "b2, cancel, 404,",
        "0, cancel, 503,",
    })
    void actsWhereTheStatusAllowsIt(String lra, String act, int status, String asked) throws Exception {
        assertThat(perform(act(lra, act)).getStatus()).isEqualTo(status);

        assertThat(others.requests())
                .allSatisfy(request -> assertThat(request).endsWith(" Bearer secret"))
                .filteredOn(request -> !request.startsWith("GET /" + lra + " "))
                .filteredOn(request -> !request.startsWith("GET /recovery/failed "))
                .isEqualTo(asked == null ? List.of() : List.of(asked + " Bearer secret"));
    }

    @Test
    void writesDownWhoHasLoggedInAndWhy(CapturedOutput output) throws Exception {
        ((Logger) LoggerFactory.getLogger(LraOperatorController.class)).setLevel(Level.INFO);
        perform(act("a1", "cancel").principal(() -> "alice"));

        assertThat(output.getOut())
                .contains("LRA a1 of client quarkus, Active: cancel by alice: the hotel\\u000ais back");
        assertThat(perform(post("/api/lras/a1/cancel")
                                .contentType(MediaType.APPLICATION_JSON)
                                .content("{\"who\": \"bob\"}"))
                        .getStatus())
                .isEqualTo(400);
        assertThat(perform(act("a1", "cancel").contentType(MediaType.TEXT_PLAIN))
                        .getStatus())
                .isEqualTo(415);
    }

    @Test
    void saysWhatToDoWithoutACoordinator() throws Exception {
        MockMvc without = over(new LraList(() -> null, view, Runnable::run));

        for (MockHttpServletRequestBuilder request :
                List.of(get("/api/lras"), get("/api/lras/a1"), act("a1", "cancel"), act("a1", "recover"))) {
            MockHttpServletResponse refused = perform(without, request);
            assertThat(refused.getStatus()).isEqualTo(404);
            assertThat(json(refused).path("detail").asText()).contains("caravan.coordinator");
        }
        assertThat(json(perform(without, get("/api/sagas/access"))).path("lras").asBoolean())
                .isFalse();
        assertThat(json(perform(get("/api/sagas/access"))).path("lras").asBoolean())
                .isTrue();
    }
}
