package dev.caravan.saga.camel;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.caravan.saga.SagaId;
import dev.caravan.saga.SagaStatus;
import dev.caravan.saga.Step;
import dev.caravan.saga.engine.SagaLogger;
import dev.caravan.saga.engine.SagaOperator;
import dev.caravan.saga.state.SagaEvent;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.camel.builder.RouteBuilder;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;
import org.springframework.boot.logging.logback.StructuredLogEncoder;
import org.springframework.core.env.Environment;
import org.springframework.mock.env.MockEnvironment;

/** What log lines about a saga say for a program that looks for all lines of one saga, key, step or trace. */
class StructuredLogTest extends InEitherMode {

    private static final ObjectMapper JSON = new ObjectMapper();

    private final LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
    private final Logger library = context.getLogger("dev.caravan");
    private final Level before = library.getLevel();
    private final List<JsonNode> lines = new ArrayList<>();
    private final StructuredLogEncoder encoder = new StructuredLogEncoder();
    private final AppenderBase<ILoggingEvent> appender = new AppenderBase<>() {
        @Override
        protected void append(ILoggingEvent line) {
            try {
                lines.add(JSON.readTree(encoder.encode(line)));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    };
    private AutoCloseable traces;
    private AutoCloseable links;
    private SagaRing ring;

    @BeforeEach
    void listen() {
        context.putObject(Environment.class.getName(), new MockEnvironment());
        library.setLevel(Level.INFO);
        appender.setContext(context);
        appender.start();
        library.addAppender(appender);
        traces = SagaLogger.traced(saga -> Optional.of("trace-of-" + saga.sagaId()));
        links = SagaLogger.linked("https://shop.example.com/sagas");
    }

    @AfterEach
    void stop() throws Exception {
        traces.close();
        links.close();
        library.detachAppender(appender);
        library.setLevel(before);
        ring.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"ecs", "logstash"})
    void haveItsIdKeyStepAndTraceOnEachThread(String format) throws Exception {
        encoder.setFormat(format);
        encoder.setContext(context);
        encoder.start();
        ring = ring(routes());
        ring.send("direct:order", "A", Map.of(SagaConstants.SAGA_KEY, "order-1"));
        ring.advance(Duration.ofMinutes(10));
        assertThat(ring.saga().status()).isEqualTo(SagaStatus.FAILED);
        SagaId saga = ring.saga().sagaId();
        SagaOperator operator = new SagaOperator(ring.member.host, ring.member.host.requests());
        ring.world.as(ring.member.instance, () -> operator.retry(saga, "ann", "to see"));
        ring.advance(Duration.ofMinutes(10));
        SagaEvent unknown = new SagaEvent.Resolve("ann", "by hand", null);
        ring.world.as(ring.member.instance, () -> ring.member.host.requests().ask(saga, unknown));
        ring.world.run();
        assertThat(ring.saga().status()).isEqualTo(SagaStatus.COMPENSATED);

        List<JsonNode> ofSaga = lines.stream()
                .filter(line -> line.path("message").asText().contains(saga.value()))
                .toList();
        assertThat(ofSaga)
                .extracting(line -> line.path("message").asText())
                .anyMatch(line -> line.contains("is FAILED and waits for an operator"))
                .anyMatch(line -> line.contains("of step SHIP failed (attempt 1)"))
                .anyMatch(line -> line.contains("is given up after"));
        assertThat(ofSaga).allSatisfy(line -> {
            assertThat(line.path("sagaId").asText()).isEqualTo(saga.value());
            assertThat(line.path("sagaKey").asText()).isEqualTo("order-1");
            assertThat(line.path("traceId").asText()).isEqualTo("trace-of-" + saga);
            boolean warns = line.toString().contains("\"WARN\"");
            assertThat(line.path("sagaLink").asText())
                    .isEqualTo(warns ? "https://shop.example.com/sagas?saga=" + saga : "");
            if (line.path("message").asText().contains("step SHIP")) {
                assertThat(line.path("sagaStep").asText()).isEqualTo(new Step("SHIP", 1).toString());
            }
        });
        assertThat(lines)
                .filteredOn(line -> !line.path("message").asText().contains(saga.value()))
                .allSatisfy(line -> assertThat(line.has("sagaId")).isFalse());
    }

    private static RouteBuilder routes() {
        return new RouteBuilder() {
            @Override
            public void configure() {
                from("direct:undo").routeId("undo").process(exchange -> {
                    throw new IllegalStateException("not now");
                });
                from("direct:ship")
                        .routeId("ship")
                        .saga()
                        .compensation("direct:undo")
                        .log("shipped");
                from("direct:order").routeId("order").saga().to("direct:ship").process(exchange -> {
                    throw new IllegalStateException("declined");
                });
            }
        };
    }
}
