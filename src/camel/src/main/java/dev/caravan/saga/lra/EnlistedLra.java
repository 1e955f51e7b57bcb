package dev.caravan.saga.lra;

import dev.caravan.saga.camel.EnlistedSaga;
import dev.caravan.saga.camel.Failures;
import dev.caravan.saga.camel.SagaEnlistment;
import dev.caravan.saga.engine.LiveSaga;
import dev.caravan.saga.engine.StepRefusedException;
import dev.caravan.saga.lra.LraClient.Lra;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.camel.Exchange;
import org.apache.camel.saga.CamelSagaCoordinator;
import org.apache.camel.saga.CamelSagaStep;
import org.jspecify.annotations.Nullable;

/** An LRA that was started elsewhere, as the Saga EIP sees it. Nothing here throws: futures fail instead. */
final class EnlistedLra implements CamelSagaCoordinator {

    private final Lra lra;
    private final LraClient client;
    private final Function<Exchange, CompletableFuture<LiveSaga>> part;
    private final Function<LiveSaga, CamelSagaCoordinator> coordinator;
    private final LraOutcome outcome;
    private final Optional<EnlistedSaga> inLog;
    private final Supplier<CompletableFuture<Boolean>> knownInLog;

    /**
     * @param inLog the same saga, for the case that the log has it; empty: it is not asked
     * @param knownInLog whether the log has it
     */
    EnlistedLra(
            Lra lra,
            LraClient client,
            LraOutcome outcome,
            Function<Exchange, CompletableFuture<LiveSaga>> part,
            Function<LiveSaga, CamelSagaCoordinator> coordinator,
            Optional<EnlistedSaga> inLog,
            Supplier<CompletableFuture<Boolean>> knownInLog) {
        this.inLog = inLog;
        this.knownInLog = knownInLog;
        this.lra = lra;
        this.client = client;
        this.outcome = outcome;
        this.part = part;
        this.coordinator = coordinator;
    }

    @Override
    public @Nullable String getId() {
        return lra.id();
    }

    /**
     * The end of the LRA is told to a step that has joined. For one that could not, or that needs no callback, the coordinator is asked now and then.
     */
    @Override
    public CompletableFuture<Void> beginStep(Exchange exchange, CamelSagaStep step) {
        if (inLog.isEmpty()) {
            return beginAlone(exchange, step);
        }
        if (!SagaEnlistment.isStep(exchange, step)) {
            return knownInLog
                    .get()
                    .thenCompose(known -> known
                            ? CompletableFuture.completedFuture(null) // it only ends the saga
                            : beginAlone(exchange, step));
        }
        return inLog.get()
                .beginStep(exchange, step)
                .exceptionallyCompose(failure -> Failures.cause(failure) instanceof StepRefusedException
                        ? beginAlone(exchange, step)
                        : CompletableFuture.failedFuture(failure));
    }

    /** The LRA was started by somebody who has no log, or another one. */
    private CompletableFuture<Void> beginAlone(Exchange exchange, CamelSagaStep step) {
        boolean calledBack =
                step.getCompensation().isPresent() || step.getCompletion().isPresent();
        return Failures.asFuture(() -> part.apply(exchange).thenCompose(saga -> coordinator
                .apply(saga)
                .beginStep(exchange, step)
                .whenComplete((done, failure) -> {
                    if (failure != null || !calledBack) {
                        outcome.watch(saga);
                    }
                })));
    }

    @Override
    public CompletableFuture<Void> compensate(Exchange exchange) {
        return inLog.map(saga -> saga.compensate(exchange))
                .orElseGet(() -> CompletableFuture.completedFuture(null))
                .thenCompose(asked -> end(() -> client.cancel(lra), "cancelled"));
    }

    @Override
    public CompletableFuture<Void> complete(Exchange exchange) {
        return end(() -> client.close(lra), "closed");
    }

    /** Whoever has an LRA may end it. Its steps here are called back, as those elsewhere. */
    private CompletableFuture<Void> end(Supplier<CompletableFuture<LraStatus>> request, String how) {
        return Failures.asFuture(() -> request.get().thenCompose(status -> {
            boolean done = how.equals("closed") ? status.isClose() : status.isCancel();
            return done
                    ? CompletableFuture.completedFuture(null)
                    : CompletableFuture.failedFuture(
                            new IllegalStateException("LRA %s was not %s: it is %s".formatted(lra.id(), how, status)));
        }));
    }
}
