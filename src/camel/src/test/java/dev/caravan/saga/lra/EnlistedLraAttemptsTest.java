package dev.caravan.saga.lra;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.caravan.saga.SagaId;
import dev.caravan.saga.Step;
import dev.caravan.saga.camel.CompensationFailedException;
import dev.caravan.saga.camel.CompletionFailedException;
import dev.caravan.saga.camel.EnlistedCallbacks;
import dev.caravan.saga.engine.CallbackWaitsException;
import dev.caravan.saga.lra.CallbackToken.Enlistment;
import dev.caravan.saga.message.Phase;
import dev.caravan.saga.participant.StepRejectedException;
import dev.caravan.saga.state.SagaEvent;
import dev.caravan.saga.state.SagaLogEntry;
import dev.caravan.saga.state.SagaState;
import dev.caravan.saga.time.Backoff;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.camel.builder.RouteBuilder;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What counts as an attempt where an LRA coordinator calls a step back that an event enlisted in a saga of another application. */
class EnlistedLraAttemptsTest {

    private static final int ATTEMPTS = 3;
    private static final SagaId SAGA = new SagaId("saga-of-the-shop");
    private static final Step PAY = new Step("PAY", 1);

    private final AtomicInteger waits = new AtomicInteger();
    private final AtomicInteger fails = new AtomicInteger();
    private LraRing ring;
    private EnlistedLraCallbacks callbacks;
    private Enlistment enlistment;

    @BeforeEach
    void joins() throws Exception {
        ring = new LraRing(new RouteBuilder() {
            @Override
            public void configure() {
                from("direct:refund-by-event").routeId("refund-by-event").process(exchange -> {
                    if (waits.getAndDecrement() > 0) {
                        throw new CallbackWaitsException("the charge is still at work");
                    }
                    if (fails.getAndDecrement() > 0) {
                        throw new IllegalStateException("the bank is away");
                    }
                });
                from("direct:settle-by-event").routeId("settle-by-event").process(exchange -> {
                    if (fails.getAndDecrement() > 0) {
                        throw new IllegalStateException("the bank is away");
                    }
                    throw new StepRejectedException("NO_CHARGE", "there is no such charge");
                });
            }
        });
        String application = ring.host.requests().application();
        append(0, new SagaEvent.Start("order", "http://coordinator.example/lra-1", null, null, Map.of(), "shop"));
        append(
                1,
                new SagaEvent.Enlist(
                        PAY,
                        "direct:refund-by-event",
                        "direct:settle-by-event",
                        Map.of(),
                        null,
                        application,
                        null,
                        null,
                        null,
                        null,
                        null));
        callbacks = new EnlistedLraCallbacks(
                ring.host,
                new EnlistedCallbacks(
                        ring.context, ring.host.requests(), ring.host.threads().callbacks()),
                new Backoff(Duration.ofSeconds(1), Duration.ofSeconds(8), ATTEMPTS));
        enlistment = new Enlistment(SAGA, PAY);
    }

    private void append(int sequence, SagaEvent event) {
        ring.log.append(new SagaLogEntry(SAGA, sequence, Instant.EPOCH, event));
    }

    @AfterEach
    void close() {
        ring.close();
    }

    private void coordinatorCalls() {
        coordinatorCalls(Phase.COMPENSATION);
    }

    private void coordinatorCalls(Phase phase) {
        SagaState saga = SagaState.replay(SAGA, ring.log.read(SAGA));
        callbacks.run(saga, enlistment, phase).join();
    }

    private List<String> told() {
        return ring.log.read(SAGA).stream()
                .map(SagaLogEntry::event)
                .filter(SagaEvent.Request.class::isInstance)
                .map(request -> ((SagaEvent.Request) request).event().type())
                .toList();
    }

    @Test
    void countsNoneThatHasToWaitForItsAction() {
        waits.set(10 * ATTEMPTS);
        for (int call = 0; call < 10 * ATTEMPTS; call++) {
            assertThatThrownBy(this::coordinatorCalls).hasRootCauseInstanceOf(CallbackWaitsException.class);
        }
        fails.set(ATTEMPTS - 1);
        for (int call = 0; call < ATTEMPTS - 1; call++) {
            assertThatThrownBy(this::coordinatorCalls).hasRootCauseMessage("the bank is away");
        }

        coordinatorCalls();

        assertThat(told()).containsExactly("COMPENSATE_RETRY", "COMPENSATE_RETRY", "COMPENSATE_SUCCESS");
    }

    @Test
    void givesUpWhenAllHaveFailed() {
        fails.set(ATTEMPTS);
        for (int call = 1; call < ATTEMPTS; call++) {
            assertThatThrownBy(this::coordinatorCalls).hasRootCauseMessage("the bank is away");
        }

        assertThatThrownBy(this::coordinatorCalls).hasCauseInstanceOf(CompensationFailedException.class);

        assertThat(told()).containsExactly("COMPENSATE_RETRY", "COMPENSATE_RETRY", "STEP_COMPENSATE_FAILED");
    }

    @Test
    void givesUpACompletionThatIsRefused() {
        for (int call = 1; call < ATTEMPTS; call++) {
            assertThatThrownBy(() -> coordinatorCalls(Phase.COMPLETION)).hasMessageContaining("no such charge");
        }

        assertThatThrownBy(() -> coordinatorCalls(Phase.COMPLETION))
                .hasCauseInstanceOf(CompletionFailedException.class);

        assertThat(told()).containsExactly("COMPLETE_RETRY", "COMPLETE_RETRY", "COMPLETE_RETRY");
    }

    @Test
    void triesACompletionWithoutEndThatFailsForTechnicalReasons() {
        fails.set(10 * ATTEMPTS);
        for (int call = 0; call < 10 * ATTEMPTS; call++) {
            assertThatThrownBy(() -> coordinatorCalls(Phase.COMPLETION))
                    .hasCauseInstanceOf(IllegalStateException.class);
        }
    }
}
