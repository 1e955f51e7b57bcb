package dev.caravan.saga.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.caravan.embeddedkafka.EmbeddedKafka;
import dev.caravan.embeddedkafka.EmbeddedKafkaOptions;
import dev.caravan.saga.SagaId;
import dev.caravan.saga.SagaStatus;
import dev.caravan.saga.camel.SagaStarter;
import dev.caravan.saga.engine.SagaLogger;
import dev.caravan.saga.participant.ParticipantEvent;
import dev.caravan.saga.participant.ParticipantListener;
import dev.caravan.saga.state.SagaState;
import dev.caravan.testing.HangLimit;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.apache.camel.Exchange;
import org.apache.camel.LoggingLevel;
import org.apache.camel.builder.RouteBuilder;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.logging.logback.StructuredLogEncoder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * What two applications say of one saga on their logs, in JSON: one runs it, the other has its participants and a
 * reaction to its event. Whoever says it and on whatever thread, all lines of the saga are found by its key or its trace.
 */
class StructuredLinesIT {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final List<String> TOLD = List.of("dev.caravan", "of.a.route", "of.the.participant");

    private static final class Orders extends RouteBuilder {

        @Override
        public void configure() {
            from("direct:order")
                    .routeId("order")
                    .saga()
                    .log(LoggingLevel.INFO, "of.a.route", "an order comes in")
                    .setBody(exchange -> Map.of("type", "ORDERED"))
                    .to("bean:sagaEvents?method=write")
                    .to("kafka:orders")
                    .to("direct:take")
                    .to("direct:charge");
            from("direct:take")
                    .routeId("TAKE")
                    .saga()
                    .compensation("direct:give-back")
                    .log(LoggingLevel.INFO, "of.a.route", "takes it from the shelf")
                    .to("saga-command:stock/Take?timeout=1m");
            from("direct:give-back").routeId("give-back").to("saga-command:stock/GiveBack?timeout=1m");
            from("direct:charge").routeId("CHARGE").saga().to("saga-command:money/Charge?timeout=1m");
        }
    }

    private static final class Participants extends RouteBuilder {

        private static final Logger MINE = LoggerFactory.getLogger("of.the.participant");

        @Override
        public void configure() {
            from("saga-command:stock/Take?idempotent=true")
                    .routeId("take")
                    .process(exchange -> MINE.info("one less on the shelf"));
            from("saga-command:stock/GiveBack?idempotent=true&attempts=2&retryDelay=10ms")
                    .routeId("give-back")
                    .process(Participants::fail);
            from("saga-command:money/Charge?idempotent=true&attempts=2&retryDelay=10ms")
                    .routeId("charge")
                    .process(Participants::fail);
            from("kafka:orders?autoOffsetReset=earliest")
                    .routeId("heard")
                    .log(LoggingLevel.INFO, "of.a.route", "an order was heard of");
        }

        private static void fail(Exchange exchange) {
            throw new IllegalStateException("not today");
        }
    }

    @Configuration
    @SpringBootConfiguration
    @EnableAutoConfiguration
    static class OrderApplication {

        @Bean
        Orders orders() {
            return new Orders();
        }
    }

    @Configuration
    @SpringBootConfiguration
    @EnableAutoConfiguration
    static class ParticipantApplication {

        @Bean
        Participants participants() {
            return new Participants();
        }

        @Bean
        ParticipantListener tired() {
            return event -> {
                if (event.kind() == ParticipantEvent.Kind.DEAD_LETTER) {
                    throw new IllegalStateException("too tired to count");
                }
            };
        }
    }

    private final LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
    private final List<JsonNode> lines = new CopyOnWriteArrayList<>();
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

    /** The applications have set up their log when they started. */
    private void listen() {
        encoder.setFormat("ecs");
        encoder.setContext(context);
        encoder.start();
        appender.setContext(context);
        appender.start();
        TOLD.forEach(logger -> context.getLogger(logger).setLevel(Level.INFO));
        context.getLogger(Logger.ROOT_LOGGER_NAME).addAppender(appender);
    }

    @AfterEach
    void stop() {
        context.getLogger(Logger.ROOT_LOGGER_NAME).detachAppender(appender);
        TOLD.forEach(logger -> context.getLogger(logger).setLevel(null));
    }

    @Test
    void haveIdKeyStepAndTraceInEachApplication(@TempDir Path directory) throws Exception {
        SagaId saga;
        try (EmbeddedKafka kafka = EmbeddedKafka.start(EmbeddedKafkaOptions.in(directory));
                ConfigurableApplicationContext participants = run(ParticipantApplication.class, "both", kafka);
                ConfigurableApplicationContext orders = run(OrderApplication.class, "orders", kafka)) {
            assertThat(participants.isActive()).isTrue();
            listen();
            SagaState ended = orders.getBean(SagaStarter.class)
                    .start("direct:order", "order", "order-1", Map.of())
                    .ended()
                    .get(HangLimit.SECONDS, TimeUnit.SECONDS);
            assertThat(ended.status()).isEqualTo(SagaStatus.FAILED);
            saga = ended.sagaId();
            await().until(() -> lines.stream().anyMatch(line -> text(line).contains("an order was heard of")));
        }

        List<JsonNode> ofSaga = lines.stream()
                .filter(line -> line.toString().contains(saga.value()))
                .toList();
        assertThat(ofSaga)
                .extracting(StructuredLinesIT::text)
                .anyMatch(line -> line.contains("an order comes in"))
                .anyMatch(line -> line.contains("takes it from the shelf"))
                .anyMatch(line -> line.contains("one less on the shelf"))
                .anyMatch(line -> line.contains("step CHARGE: Charge is tried again in 10 ms: not today"))
                .anyMatch(line -> line.contains("step CHARGE: Charge: the outcome is unknown"))
                .anyMatch(line -> line.startsWith("Dead letter: money-commands"))
                .anyMatch(line -> line.contains("A listener did not take DEAD_LETTER of money"))
                .anyMatch(line -> line.contains("COMPENSATION of step TAKE failed (attempt 1)"))
                .anyMatch(line -> line.contains("COMPENSATION of step TAKE is given up after 2 attempts"))
                .anyMatch(line -> line.contains("is FAILED and waits for an operator"))
                .anyMatch(line -> line.contains("an order was heard of"));
        String trace = field(ofSaga.get(0), SagaLogger.TRACE);
        assertThat(trace).hasSize(32);
        assertThat(ofSaga).allSatisfy(line -> {
            assertThat(field(line, SagaLogger.ID)).isEqualTo(saga.value());
            assertThat(field(line, SagaLogger.KEY)).isEqualTo("order-1");
            assertThat(field(line, SagaLogger.TRACE)).isEqualTo(trace);
        });
        for (Map.Entry<String, List<String>> step : Map.of(
                        "TAKE", List.of("from the shelf", "on the shelf", "step TAKE", "stock"),
                        "CHARGE", List.of("step CHARGE", "money"))
                .entrySet()) {
            assertThat(ofSaga)
                    .filteredOn(line -> step.getValue().stream().anyMatch(text(line)::contains))
                    .hasSizeGreaterThan(2)
                    .allSatisfy(line -> assertThat(field(line, SagaLogger.STEP)).isEqualTo(step.getKey()));
        }
    }

    private static ConfigurableApplicationContext run(Class<?> application, String name, EmbeddedKafka kafka) {
        return new SpringApplicationBuilder(application)
                .properties(Map.of(
                        "caravan.coordinator", "log",
                        "camel.component.kafka.brokers", kafka.bootstrapServers(),
                        "caravan.compensation.attempts", "2",
                        "caravan.partitions", "1",
                        "caravan.compensation.initial-delay", "10ms",
                        "caravan.events.topics", "orders",
                        "spring.jmx.enabled", "false",
                        "management.tracing.sampling.probability", "1.0"))
                .run("--spring.application.name=" + name, "--server.port=0", "--server.address=127.0.0.1");
    }

    private static String text(JsonNode line) {
        return line.path("message").asText();
    }

    private static String field(JsonNode line, String name) {
        return line.path(name).asText();
    }
}
