package dev.caravan.saga.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.get;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.content;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.header;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.jsonPath;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.status;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.caravan.saga.SagaId;
import dev.caravan.saga.Step;
import dev.caravan.saga.message.SensitiveFields;
import dev.caravan.saga.monitoring.SagaView;
import dev.caravan.saga.state.InMemorySagaLog;
import dev.caravan.saga.state.SagaEvent;
import dev.caravan.saga.state.SagaLogEntry;
import dev.caravan.saga.test.ManualTimers;
import dev.caravan.saga.test.TestEngine;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;
import org.springframework.test.web.servlet.MockMvc;
import org.springframework.test.web.servlet.setup.MockMvcBuilders;

class ExportControllerTest {

    private static final Step HOTEL = new Step("HOTEL", 1);

    private final InMemorySagaLog log = new InMemorySagaLog();
    private final ManualTimers timers = new ManualTimers();
    private final SagaView view = new SagaView(log, timers.clock(), 100, Duration.ofMinutes(5));
    private final MockMvc http = MockMvcBuilders.standaloneSetup(
                    new ExportController(
                            view,
                            timers.clock(),
                            SensitiveFields.of(
                                    List.of("card"),
                                    List.of("2026:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="),
                                    null),
                            new PayloadReads(
                                    TestEngine.on(log, timers).build().host().requests())),
                    new ActListController(view))
            .build();

    @BeforeEach
    void follow() {
        view.follow();
        failed("trip-1", "no refund, \"never\"");
        failed("trip-2", "=HYPERLINK(1)");
        append("trip-3", 0, new SagaEvent.Start("trip", null, null, null, Map.of()));
    }

    @Test
    void writesWhatMatchesAsATable() throws Exception {
        String file = http.perform(get("/api/sagas/export?status=FAILED"))
                .andExpect(status().isOk())
                .andExpect(content().contentTypeCompatibleWith("text/csv"))
                .andExpect(header().string("Saga-Total", "2"))
                .andExpect(header().string("Content-Disposition", "attachment; filename=\"sagas.csv\""))
                .andReturn()
                .getResponse()
                .getContentAsString();

        String times = ",,,2026-01-01T00:00:00Z,2026-01-01T00:00:00Z,";
        assertThat(file).startsWith("sagaId,");
        assertThat(file.split("\r\n"))
                .containsExactlyInAnyOrder(
                        "sagaId,name,status,attention,key,application,step,code,reason,trouble,awaits,deadline,startedAt,"
                                + "updatedAt,parent",
                        "trip-2,trip,FAILED,FAILED,'=HYPERLINK(1),trips,HOTEL,CLOSED,full,HOTEL: =HYPERLINK(1)" + times,
                        "trip-1,trip,FAILED,FAILED,\"no refund, \"\"never\"\"\",trips,HOTEL,CLOSED,full,"
                                + "\"HOTEL: no refund, \"\"never\"\"\"" + times);
    }

    @Test
    void writesWhatMatchesAsAnObjectInEachLine() throws Exception {
        List<String> lines = http.perform(get("/api/sagas/export?format=jsonl&code=CLOSED"))
                .andExpect(content().contentTypeCompatibleWith("application/x-ndjson"))
                .andReturn()
                .getResponse()
                .getContentAsString()
                .lines()
                .toList();

        assertThat(lines).hasSize(2);
        assertThat(List.of(sagaId(lines.get(0)), sagaId(lines.get(1)))).containsExactlyInAnyOrder("trip-1", "trip-2");
    }

    private static String sagaId(String line) throws Exception {
        return new ObjectMapper().readTree(line).path("sagaId").asText();
    }

    @Test
    void writesOnlyWhatTheBusinessCallsSo() throws Exception {
        http.perform(get("/api/sagas/export?format=jsonl").param("key", "=HYPERLINK(1)"))
                .andExpect(header().string("Saga-Total", "1"))
                .andExpect(jsonPath("$.sagaId").value("trip-2"));
        http.perform(get("/api/sagas/export?format=jsonl&attribute.customer=ann"))
                .andExpect(header().string("Saga-Total", "0"))
                .andExpect(content().string(""));
        http.perform(get("/api/sagas/export?attribute.customer.like=ann")).andExpect(status().isBadRequest());
    }

    @Test
    void saysInTheLogOfTheApplicationWhoReadPayloads() throws Exception {
        Logger logger = (Logger) LoggerFactory.getLogger(PayloadReads.class);
        ListAppender<ILoggingEvent> lines = new ListAppender<>();
        lines.start();
        logger.addAppender(lines);
        logger.setLevel(Level.INFO);
        try {
            http.perform(get("/api/sagas/trip-1/bundle").principal(() -> "ann"));
            http.perform(get("/api/sagas/trip-1/bundle"));
            http.perform(get("/api/sagas/none/bundle").principal(() -> "ann"));
        } finally {
            logger.setLevel(null);
            logger.detachAppender(lines);
        }

        assertThat(lines.list)
                .extracting(ILoggingEvent::getFormattedMessage)
                .containsExactly(
                        "Saga trip-1: all of it was read by ann",
                        "Saga trip-1: all of it was read by somebody at 127.0.0.1");
    }

    @Test
    void listsWhoHasReadASagaAndWritesItAsAFile() throws Exception {
        http.perform(get("/api/sagas/trip-1/bundle").principal(() -> "=ann"));

        http.perform(get("/api/sagas/acts?who=ann&act=read&saga=trip-1"))
                .andExpect(status().isOk())
                .andExpect(header().exists("Saga-Acts-Since"))
                .andExpect(jsonPath("$.length()").value(1))
                .andExpect(jsonPath("$[0].who").value("=ann"))
                .andExpect(jsonPath("$[0].reason").value("all of it"));
        http.perform(get("/api/sagas/acts?who=bob"))
                .andExpect(jsonPath("$.length()").value(0));
        http.perform(get("/api/sagas/acts/export"))
                .andExpect(content().contentTypeCompatibleWith("text/csv"))
                .andExpect(header().string("Content-Disposition", "attachment; filename=\"acts.csv\""))
                .andExpect(content()
                        .string("at,act,who,sagaId,step,reason,state,refusal\r\n"
                                + "2026-01-01T00:00:00Z,read,'=ann,trip-1,,all of it,DONE,\r\n"));
        http.perform(get("/api/sagas/acts/export?format=jsonl"))
                .andExpect(content().contentTypeCompatibleWith("application/x-ndjson"))
                .andExpect(content()
                        .string(
                                "{\"at\":\"2026-01-01T00:00:00Z\",\"act\":\"read\",\"who\":\"=ann\",\"sagaId\":\"trip-1\","
                                        + "\"reason\":\"all of it\",\"state\":\"DONE\"}\n"));
    }

    @Test
    void bundlesOneSagaWithItsPayloadsMaskedWhereDeclared() throws Exception {
        http.perform(get("/api/sagas/trip-1/bundle"))
                .andExpect(header().string("Content-Disposition", "attachment; filename=\"saga-trip-1.json\""))
                .andExpect(jsonPath("$.status").value("FAILED"))
                .andExpect(jsonPath("$.steps[0].name").value("HOTEL"))
                .andExpect(jsonPath("$.events[0].body").value("my holiday"))
                .andExpect(jsonPath("$.events[1].options.card").value("***"))
                .andExpect(jsonPath("$.events[1].options.city").value("Oslo"));
        http.perform(get("/api/sagas/none/bundle")).andExpect(status().isNotFound());
    }

    @Test
    void refusesWhatItDoesNotKnow() throws Exception {
        http.perform(get("/api/sagas/export?format=xls")).andExpect(status().isBadRequest());
        http.perform(get("/api/sagas/export?status=OPEN")).andExpect(status().isBadRequest());
    }

    private void failed(String id, String text) {
        append(
                id,
                0,
                new SagaEvent.Start(
                        "trip",
                        null,
                        text,
                        TextNode.valueOf("my holiday"),
                        Map.of(),
                        "trips",
                        null,
                        null,
                        null,
                        null,
                        null,
                        null));
        append(id, 1, new SagaEvent.Enlist(HOTEL, "direct:cancel", null, Map.of("card", "4242", "city", "Oslo")));
        append(id, 2, new SagaEvent.Fail(null, "full"));
        append(id, 3, new SagaEvent.StepCompensateFailed(HOTEL, 2, text, "CLOSED"));
        append(id, 4, new SagaEvent.CompensateFail(HOTEL, text));
    }

    private void append(String id, long sequence, SagaEvent event) {
        log.append(new SagaLogEntry(new SagaId(id), sequence, timers.clock().instant(), event));
    }
}
