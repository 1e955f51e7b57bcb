package dev.caravan.saga.camel;

import dev.caravan.saga.SagaId;
import dev.caravan.saga.Step;
import dev.caravan.saga.engine.SagaRequests;
import dev.caravan.saga.engine.SagaTimers;
import dev.caravan.saga.state.SagaEvent;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.apache.camel.Exchange;
import org.apache.camel.saga.CamelSagaCoordinator;
import org.apache.camel.saga.CamelSagaStep;
import org.jspecify.annotations.Nullable;

/**
 * A saga that runs elsewhere, in another application or instance, as an event's route sees it that takes part in it.
 * Whatever is asked of it is asked in its log; a step begins when who runs the saga has let it in.
 */
public final class EnlistedSaga implements CamelSagaCoordinator {

    private final String id;
    private final SagaId sagaId;
    private final SagaRequests requests;
    private final Clock clock;
    private final Duration timeout;
    private final Enlisted enlisted;

    /** What else has to be done for a step that was let in, before it begins. */
    @FunctionalInterface
    public interface Enlisted {

        CompletableFuture<Void> then(Step step, CamelSagaStep declared);
    }

    /**
     * @param id what the header {@code Long-Running-Action} says
     * @param timeout how long a step waits to be let in
     */
    public EnlistedSaga(String id, SagaRequests requests, Clock clock, Duration timeout, Enlisted enlisted) {
        this.id = id;
        this.sagaId = LongRunningAction.sagaId(id);
        this.requests = requests;
        this.clock = clock;
        this.timeout = timeout;
        this.enlisted = enlisted;
    }

    @Override
    public @Nullable String getId() {
        return id;
    }

    @Override
    public CompletableFuture<Void> beginStep(Exchange exchange, CamelSagaStep step) {
        return Failures.asFuture(() -> {
            SagaContext.of(exchange).refuseOld(sagaId);
            return limit(step.getTimeoutInMilliseconds().orElse(0L))
                    .thenCompose(limited -> SagaEnlistment.of(exchange, step)
                            .map(enlistment -> enlistment
                                    .into(sagaId, requests, timeout)
                                    .thenCompose(joined -> enlisted.then(joined, step)))
                            .orElseGet(() -> CompletableFuture.completedFuture(null)));
        });
    }

    private CompletableFuture<Void> limit(long timeoutMillis) {
        return timeoutMillis <= 0
                ? CompletableFuture.completedFuture(null)
                : requests.ask(sagaId, SagaTimers.limitAfter(clock, timeoutMillis));
    }

    /** Completes when it is certain that who runs the saga will hear of it. */
    @Override
    public CompletableFuture<Void> compensate(Exchange exchange) {
        return Failures.asFuture(() -> {
            SagaContext.of(exchange).refuseOld(sagaId);
            return requests.ask(sagaId, SagaEnlistment.reasonToCompensate(exchange));
        });
    }

    /** Completes when it is certain that who runs the saga will hear of it. */
    @Override
    public CompletableFuture<Void> complete(Exchange exchange) {
        return Failures.asFuture(() -> {
            SagaContext.of(exchange).refuseOld(sagaId);
            return requests.ask(sagaId, new SagaEvent.Complete());
        });
    }
}
