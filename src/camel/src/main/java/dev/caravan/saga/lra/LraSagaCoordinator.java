package dev.caravan.saga.lra;

import dev.caravan.saga.SagaStatus;
import dev.caravan.saga.Step;
import dev.caravan.saga.camel.Failures;
import dev.caravan.saga.camel.ForwardRuns;
import dev.caravan.saga.camel.OtherPaths;
import dev.caravan.saga.camel.SagaEnlistment;
import dev.caravan.saga.camel.SagaFailedException;
import dev.caravan.saga.camel.SagaRun;
import dev.caravan.saga.engine.LiveSaga;
import dev.caravan.saga.engine.SagaTimers;
import dev.caravan.saga.lra.LraClient.Lra;
import dev.caravan.saga.message.Phase;
import dev.caravan.saga.state.SagaEvent;
import dev.caravan.saga.state.SagaState;
import java.time.Clock;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.apache.camel.Exchange;
import org.apache.camel.saga.CamelSagaCoordinator;
import org.apache.camel.saga.CamelSagaStep;
import org.apache.camel.support.SynchronizationAdapter;

/** One saga as the Saga EIP sees it. Nothing here throws: the EIP would hang; futures fail instead. */
final class LraSagaCoordinator implements CamelSagaCoordinator {

    private final LiveSaga saga;
    private final Lra lra;
    private final LraClient client;
    private final LraOutcome outcome;
    private final ForwardRuns forward;
    private final LraLinks links;
    private final Clock clock;
    private final Optional<Long> startLimit;

    /**
     * @param startLimit for the block that starts the saga: the time limit that the LRA was started with, in ms; 0: none,
     *     or long ago. Empty for a block that joins it.
     */
    LraSagaCoordinator(
            LiveSaga saga,
            Lra lra,
            LraClient client,
            LraOutcome outcome,
            ForwardRuns forward,
            LraLinks links,
            Clock clock,
            Optional<Long> startLimit) {
        this.saga = saga;
        this.lra = lra;
        this.client = client;
        this.outcome = outcome;
        this.forward = forward;
        this.links = links;
        this.clock = clock;
        this.startLimit = startLimit;
    }

    @Override
    public String getId() {
        return lra.id();
    }

    @Override
    public CompletableFuture<Void> beginStep(Exchange exchange, CamelSagaStep step) {
        return Failures.asFuture(() -> join(exchange, step));
    }

    private CompletableFuture<Void> join(Exchange exchange, CamelSagaStep step) {
        long timeLimit = step.getTimeoutInMilliseconds().orElse(0L);
        boolean calledBack =
                step.getCompensation().isPresent() || step.getCompletion().isPresent();
        long limit = timeLimit == startLimit.orElse(0L) || saga.state().deadline() != null ? 0 : timeLimit;
        CompletableFuture<Void> limited =
                limit > 0 && !calledBack ? client.limit(lra, limit) : CompletableFuture.completedFuture(null);
        CompletableFuture<Void> joined = limited.thenCompose(done -> writeLimit(timeLimit))
                .thenCompose(done -> enlistment(exchange, step)
                        .map(enlistment -> enlistment
                                .into(saga, reason -> undo(exchange, reason))
                                .thenCompose(enlisted -> calledBack
                                        ? join(enlisted, limit)
                                        : CompletableFuture.<Void>completedFuture(null)))
                        .orElseGet(() -> CompletableFuture.completedFuture(null)));
        return OtherPaths.stopping(exchange, saga, null, joined);
    }

    private Optional<SagaEnlistment> enlistment(Exchange exchange, CamelSagaStep step) {
        return startLimit.isPresent() ? SagaEnlistment.ofStart(exchange, step) : SagaEnlistment.of(exchange, step);
    }

    /** What an open transaction holds locks for would be waited for in vain. */
    private CompletableFuture<Void> undo(Exchange exchange, SagaEvent reason) {
        return exchange.isTransacted()
                ? outcome.askToCancel(saga, lra, reason)
                : outcome.cancel(saga, lra, reason).thenAccept(ended -> {});
    }

    private CompletableFuture<Void> join(Step enlisted, long limit) {
        SagaState state = saga.state();
        return client.join(lra, links.of(state, state.step(enlisted).orElseThrow()), limit);
    }

    /** The earliest limit counts; the coordinator has only the first one, because to it a later one is an extension. */
    private CompletableFuture<Void> writeLimit(long timeLimit) {
        return SagaTimers.limit(saga, clock, timeLimit, () -> outcome.watchDeadline(saga, lra));
    }

    @Override
    public CompletableFuture<Void> compensate(Exchange exchange) {
        Optional<CompletableFuture<Void>> callback = SagaRun.ofCallback(exchange, saga, Phase.COMPENSATION);
        if (callback.isPresent()) {
            return callback.get();
        }
        if (OtherPaths.isLeft(exchange, saga)) {
            return CompletableFuture.completedFuture(null);
        }
        if (!SagaRun.isPart(exchange, saga.id())) {
            return outcome.askToCancel(saga, lra, SagaEnlistment.reasonToCompensate(exchange));
        }
        if (exchange.isTransacted() && !ForwardRuns.isOnlyWay(saga)) {
            return afterTransaction(exchange);
        }
        if (ForwardRuns.isOnlyWay(saga)) {
            return Failures.asFuture(() -> forward.again(saga, Failures.text(exchange.getException()))
                    .thenAccept(ended -> {
                        SagaRun.tell(exchange, saga);
                        exchange.setException(null);
                    }));
        }
        return Failures.asFuture(() -> outcome.cancel(saga, lra, SagaEnlistment.reasonToCompensate(exchange))
                .whenComplete((state, failure) -> SagaRun.tell(exchange, saga))
                .thenCompose(state -> expect(SagaStatus.COMPENSATED, state)));
    }

    /**
     * What a transaction has done holds locks, for which a compensation would wait while the transaction waits for it: the
     * log says now that the saga is to be undone, and the coordinator is told when the exchange is done.
     */
    private CompletableFuture<Void> afterTransaction(Exchange exchange) {
        SagaEvent reason = SagaEnlistment.reasonToCompensate(exchange);
        return Failures.asFuture(() -> saga.appendIfAllowed(reason)
                .thenRun(() -> exchange.getUnitOfWork().addSynchronization(new SynchronizationAdapter() {
                    @Override
                    public void onDone(Exchange done) {
                        outcome.askToCancel(saga, lra, reason);
                    }
                })));
    }

    /** A route that broke off has not done its steps, also when it handled the exception: its saga is compensated. */
    @Override
    public CompletableFuture<Void> complete(Exchange exchange) {
        Optional<CompletableFuture<Void>> callback = SagaRun.ofCallback(exchange, saga, Phase.COMPLETION);
        if (callback.isPresent()) {
            return callback.get();
        }
        if (OtherPaths.isLeft(exchange, saga)) {
            return CompletableFuture.completedFuture(null);
        }
        if (Failures.met(exchange).isPresent()) {
            return compensate(exchange);
        }
        if (saga.isGone() && SagaRun.isPart(exchange, saga.id())) {
            return CompletableFuture.failedFuture(new IllegalStateException(
                    "Saga %s goes on in another instance, which decides how it ends".formatted(saga.id())));
        }
        if (exchange.isTransacted() || !SagaRun.isPart(exchange, saga.id())) {
            return outcome.askToClose(saga, lra, exchange);
        }
        return OtherPaths.stopping(exchange, saga, null, Failures.asFuture(() -> outcome.close(saga, lra, exchange)
                .whenComplete((state, failure) -> SagaRun.tell(exchange, saga))
                .thenCompose(state -> expect(SagaStatus.COMPLETED, state))));
    }

    private static CompletableFuture<Void> expect(SagaStatus wanted, SagaState state) {
        if (state.status() == wanted) {
            return CompletableFuture.completedFuture(null);
        }
        return CompletableFuture.failedFuture(
                state.status() == SagaStatus.FAILED
                        ? new SagaFailedException(state)
                        : new IllegalStateException("Saga %s %s is %s: %s"
                                .formatted(state.name(), state.sagaId(), state.status(), state.reason())));
    }
}
