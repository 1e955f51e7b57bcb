package dev.caravan.saga.lra;

import dev.caravan.saga.SagaId;
import dev.caravan.saga.SagaStatus;
import dev.caravan.saga.Step;
import dev.caravan.saga.camel.Decider;
import dev.caravan.saga.camel.Failures;
import dev.caravan.saga.camel.KeptMessage;
import dev.caravan.saga.camel.SagaContext;
import dev.caravan.saga.camel.StepCallbacks;
import dev.caravan.saga.engine.LiveSaga;
import dev.caravan.saga.engine.SagaHost;
import dev.caravan.saga.engine.StepRefusedException;
import dev.caravan.saga.lra.LraClient.Lra;
import dev.caravan.saga.state.SagaEvent;
import dev.caravan.saga.state.SagaState;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.apache.camel.Exchange;
import org.apache.camel.saga.CamelSagaCoordinator;
import org.apache.camel.saga.CamelSagaStep;
import org.apache.camel.support.SynchronizationAdapter;
import org.jspecify.annotations.Nullable;

/** The LRA coordinator decides. Steps that are called back join their LRA, and the log has what it said. */
final class LraDecider extends Decider {

    private final LraClient client;
    private final LraOutcome outcome;
    private final LraLinks links;
    private final LraStarts starts;
    private final EnlistedLras enlisted;

    /** @param timeout how long a saga waits to be started until this instance owns a partition, and its end for branches */
    LraDecider(
            SagaHost host,
            StepCallbacks callbacks,
            LraClient client,
            LraOutcome outcome,
            LraLinks links,
            Duration timeout) {
        super(host, callbacks, timeout, timeout);
        this.client = client;
        this.outcome = outcome;
        this.links = links;
        this.starts = new LraStarts(host, client, timeout);
        this.enlisted = new EnlistedLras(host, client, outcome, links, timeout);
    }

    @Override
    protected CompletableFuture<String> reserve(long timeLimit, Predicate<SagaId> wanted) {
        return starts.lra(timeLimit, wanted).thenApply(Lra::id);
    }

    /** The coordinator has a limit for it, or has cancelled it since. */
    @Override
    protected Optional<String> again(SagaId reserved) {
        return Optional.empty();
    }

    @Override
    protected CompletableFuture<LiveSaga> start(
            String longRunningAction, Exchange exchange, KeptMessage message, @Nullable SagaId parent) {
        return starts.saga(new Lra(longRunningAction), exchange, message, parent);
    }

    @Override
    protected CompletableFuture<CamelSagaCoordinator> elsewhere(
            String longRunningAction, Function<LiveSaga, CamelSagaCoordinator> here) {
        return enlisted.coordinator(new Lra(longRunningAction), here);
    }

    /** The earliest limit counts; the coordinator has only the first one, because to it a later one is an extension. */
    @Override
    protected CompletableFuture<Void> begin(
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
    protected CompletableFuture<SagaState> toComplete(LiveSaga saga) {
        return outcome.close(saga);
    }

    @Override
    protected CompletableFuture<Void> askToComplete(LiveSaga saga) {
        return outcome.askToClose(saga);
    }

    @Override
    protected CompletableFuture<?> toCompensate(LiveSaga saga, SagaEvent reason) {
        if (saga.state().isScheduled()) {
            return saga.decide(reason).thenCompose(decided -> endsUnbegun(saga));
        }
        return outcome.cancel(saga, reason);
    }

    /** In an open transaction, the log says now that the saga is to be undone, and the coordinator is told when the exchange is done. */
    @Override
    protected CompletableFuture<Void> askToCompensate(LiveSaga saga, SagaEvent reason, @Nullable Exchange asking) {
        if (saga.state().isScheduled()) {
            return saga.decide(reason).thenRun(() -> endsUnbegun(saga));
        }
        return asking != null && asking.isTransacted() && SagaContext.of(asking).isPartOf(saga.id())
                ? afterTransaction(saga, reason, asking)
                : outcome.askToCancel(saga, reason);
    }

    /** Nothing of it was done, and the coordinator has not heard of it. */
    private CompletableFuture<Void> endsUnbegun(LiveSaga saga) {
        return saga.decide(new SagaEvent.CompensateComplete()).whenComplete((done, failure) -> notNow(saga, failure));
    }

    private CompletableFuture<Void> afterTransaction(LiveSaga saga, SagaEvent reason, Exchange asking) {
        return Failures.asFuture(() -> saga.appendIfAllowed(reason)
                .thenRun(() -> asking.getUnitOfWork().addSynchronization(new SynchronizationAdapter() {
                    @Override
                    public void onDone(Exchange done) {
                        outcome.askToCancel(saga, reason);
                    }
                })));
    }

    @Override
    protected CompletableFuture<Void> undo(LiveSaga saga, SagaEvent reason, Exchange asking) {
        return outcome.askToCancel(saga, reason);
    }

    @Override
    protected void finish(LiveSaga saga) {
        if (saga.state().started().coordinator() == null) {
            endsUnbegun(saga);
        } else if (saga.state().status() == SagaStatus.COMPLETING) {
            outcome.close(saga);
        } else {
            outcome.cancel(saga);
        }
    }

    /** The end of this application's part in an LRA from elsewhere is awaited. */
    @Override
    protected boolean follows(LiveSaga saga) {
        boolean part = EnlistedLras.isPartOf(saga, Lra.of(saga));
        if (part) {
            outcome.watch(saga);
        }
        return part;
    }

    /** An LRA that ends takes no step any more: a route that ran again would take those that it has for failed ones. */
    @Override
    protected void goOn(LiveSaga saga, Runnable route) {
        client.status(Lra.of(saga)).whenComplete((status, failure) -> {
            if (failure == null && status != LraStatus.Active && status != LraStatus.Gone) {
                outcome.watch(saga);
            } else {
                route.run();
            }
        });
    }

    @Override
    protected boolean isCompleting(LiveSaga saga) {
        return outcome.isAskedToClose(saga);
    }
}
