package dev.caravan.saga.lra;

import dev.caravan.saga.SagaStatus;
import dev.caravan.saga.Step;
import dev.caravan.saga.camel.Decider;
import dev.caravan.saga.camel.Failures;
import dev.caravan.saga.camel.SagaRun;
import dev.caravan.saga.engine.LiveSaga;
import dev.caravan.saga.engine.StepRefusedException;
import dev.caravan.saga.lra.LraClient.Lra;
import dev.caravan.saga.state.SagaEvent;
import dev.caravan.saga.state.SagaState;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.apache.camel.Exchange;
import org.apache.camel.saga.CamelSagaStep;
import org.apache.camel.support.SynchronizationAdapter;

/** The LRA coordinator decides. Steps that are called back join their LRA, and the log has what it said. */
final class LraDecider implements Decider {

    private final LraClient client;
    private final LraOutcome outcome;
    private final LraLinks links;

    LraDecider(LraClient client, LraOutcome outcome, LraLinks links) {
        this.client = client;
        this.outcome = outcome;
        this.links = links;
    }

    /** The earliest limit counts; the coordinator has only the first one, because to it a later one is an extension. */
    @Override
    public CompletableFuture<Void> begin(
            LiveSaga saga,
            CamelSagaStep step,
            OptionalLong startLimit,
            Supplier<CompletableFuture<Optional<Step>>> enlist) {
        Lra lra = Lra.of(saga);
        long timeLimit = step.getTimeoutInMilliseconds().orElse(0L);
        boolean calledBack =
                step.getCompensation().isPresent() || step.getCompletion().isPresent();
        long limit = timeLimit == startLimit.orElse(0L) || saga.state().deadline() != null ? 0 : timeLimit;
        CompletableFuture<Void> limited =
                limit > 0 && !calledBack ? client.limit(lra, limit) : CompletableFuture.completedFuture(null);
        return limited.thenCompose(done -> enlist.get()).thenCompose(enlisted -> enlisted.filter(joining -> calledBack)
                .map(joining -> join(saga, joining, limit))
                .orElseGet(() -> CompletableFuture.completedFuture(null)));
    }

    private CompletableFuture<Void> join(LiveSaga saga, Step enlisted, long limit) {
        SagaState state = saga.state();
        return client.join(Lra.of(saga), links.of(state, state.step(enlisted).orElseThrow()), limit)
                .thenRun(() -> refuseUnlessExecuting(saga));
    }

    /** While it joined, the saga may have been cancelled, and this step compensated: it must not be done any more. */
    private static void refuseUnlessExecuting(LiveSaga saga) {
        SagaStatus status = saga.state().status();
        if (status != SagaStatus.EXECUTING) {
            throw new StepRefusedException("Cannot begin: status is " + status);
        }
    }

    @Override
    public CompletableFuture<Void> askToComplete(LiveSaga saga, Exchange ending) {
        return outcome.askToClose(saga, Lra.of(saga), ending);
    }

    /** In an open transaction, the log says now that the saga is to be undone, and the coordinator is told when the exchange is done. */
    @Override
    public CompletableFuture<Void> askToCompensate(LiveSaga saga, SagaEvent reason, Exchange asking) {
        boolean isAfterTransaction = asking != null && asking.isTransacted() && SagaRun.isPart(asking, saga.id());
        return isAfterTransaction
                ? afterTransaction(saga, reason, asking)
                : outcome.askToCancel(saga, Lra.of(saga), reason);
    }

    private CompletableFuture<Void> afterTransaction(LiveSaga saga, SagaEvent reason, Exchange asking) {
        return Failures.asFuture(() -> saga.appendIfAllowed(reason)
                .thenRun(() -> asking.getUnitOfWork().addSynchronization(new SynchronizationAdapter() {
                    @Override
                    public void onDone(Exchange done) {
                        outcome.askToCancel(saga, Lra.of(saga), reason);
                    }
                })));
    }

    @Override
    public CompletableFuture<Void> undo(LiveSaga saga, SagaEvent reason, Exchange asking) {
        return outcome.askToCancel(saga, Lra.of(saga), reason);
    }

    @Override
    public CompletableFuture<SagaState> complete(LiveSaga saga, Exchange ending) {
        return outcome.close(saga, Lra.of(saga), ending);
    }

    @Override
    public CompletableFuture<SagaState> compensate(LiveSaga saga, SagaEvent reason) {
        return outcome.cancel(saga, Lra.of(saga), reason);
    }

    @Override
    public boolean watchDeadline(LiveSaga saga) {
        return outcome.watchDeadline(saga, Lra.of(saga));
    }
}
