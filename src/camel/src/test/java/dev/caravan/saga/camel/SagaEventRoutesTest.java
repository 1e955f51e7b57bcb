package dev.caravan.saga.camel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.caravan.saga.engine.OwnedPartitions;
import dev.caravan.saga.engine.StepRefusedException;
import dev.caravan.saga.engine.StoppingException;
import dev.caravan.saga.message.MalformedMessageException;
import dev.caravan.saga.state.InMemorySagaLog;
import dev.caravan.saga.test.ManualTimers;
import dev.caravan.saga.test.TestEngine;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.camel.Exchange;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.impl.DefaultCamelContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What becomes of an event whose route fails. */
class SagaEventRoutesTest {

    private static final int ATTEMPTS = 3;

    private final DefaultCamelContext context = new DefaultCamelContext();
    private final List<String> kept = new ArrayList<>();
    private final List<String> late = new ArrayList<>();
    private int calls;
    private int failures;
    private RuntimeException failure;
    private RuntimeException cannotKeep;

    @BeforeEach
    void start() throws Exception {
        SagaEvents events = new SagaEvents(List.of(new SagaEventListener() {
            @Override
            public void onIgnored(String topic) {}

            @Override
            public void onLate(String topic) {
                late.add(topic);
            }
        }));
        context.addRoutes(SagaEventRoutes.with(
                events,
                (exchange, reason) -> {
                    if (cannotKeep != null) {
                        throw cannotKeep;
                    }
                    kept.add(reason);
                },
                ATTEMPTS,
                Duration.ofMillis(1),
                Duration.ofMillis(1)));
        context.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                from("direct:events").routeConfigurationId(SagaEventRoutes.ID).to("direct:work");
                from("direct:work").routeConfigurationId(SagaEventRoutes.ID).process(exchange -> {
                    calls++;
                    if (failures-- > 0) {
                        throw failure;
                    }
                });
            }
        });
        context.start();
    }

    @AfterEach
    void stop() {
        context.stop();
    }

    private Exchange fail(RuntimeException with, int times) {
        failure = with;
        failures = times;
        return context.createProducerTemplate()
                .send("direct:events", exchange -> exchange.getIn().setHeader("kafka.TOPIC", "order-events"));
    }

    @Test
    void triesAgain() {
        assertThat(fail(new IllegalStateException("not now"), 2).getException()).isNull();

        assertThat(calls).isEqualTo(3);
        assertThat(kept).isEmpty();
    }

    @Test
    void keepsWhatFailsEachTime() {
        assertThat(fail(new IllegalStateException("never"), 100).getException()).isNull();

        assertThat(calls).isEqualTo(ATTEMPTS);
        assertThat(kept).containsExactly("never");
    }

    @Test
    void keepsWhatCannotBeReadAtOnce() {
        fail(new MalformedMessageException("Not JSON", null), 100);

        assertThat(calls).isEqualTo(1);
        assertThat(kept).containsExactly("Not JSON");
    }

    @Test
    void countsAndForgetsWhatComesAfterTheEnd() {
        assertThat(fail(new StepRefusedException("it has ended"), 100).getException())
                .isNull();

        assertThat(calls).isEqualTo(1);
        assertThat(kept).isEmpty();
        assertThat(late).containsExactly("order-events");
    }

    /** An instance that stops is no reason for a dead letter: the record stays uncommitted, and comes to another one. */
    @Test
    void failsAtOnceWhenNoSagaStartsHereAnyMore() {
        OwnedPartitions stopping = TestEngine.on(new InMemorySagaLog(), new ManualTimers())
                .partitions(OwnedPartitions.Ends.UNTOLD)
                .build()
                .partitions();
        stopping.refuseStarts();
        RuntimeException refusal = (RuntimeException) stopping.ready()
                .handle((ready, failure) -> Failures.cause(failure))
                .join();
        assertThat(refusal).isInstanceOf(StoppingException.class);

        assertThat(fail(refusal, 100).getException()).isSameAs(refusal);

        assertThat(calls).isEqualTo(1);
        assertThat(kept).isEmpty();
    }

    /** Then the record stays uncommitted and comes again. */
    @Test
    void failsWhenItCannotEvenBeKept() {
        cannotKeep = new IllegalStateException("Kafka is away");

        assertThat(fail(new IllegalStateException("never"), 100).getException()).isSameAs(cannotKeep);
    }
}
