package dev.caravan.saga.camel;

import dev.caravan.saga.SagaId;
import dev.caravan.saga.SagaStatus;
import dev.caravan.saga.Step;
import dev.caravan.saga.engine.LiveSaga;
import dev.caravan.saga.engine.SagaHost;
import dev.caravan.saga.state.SagaEvent;
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
import org.jspecify.annotations.Nullable;

/**
 * Decides in the log how a saga ends, and does what follows. A decision that comes second is refused by the state
 * machine, and who asked for it learns how the saga ended.
 */
final class LogDecider extends Decider {

    private final SagaHost host;
    private final RemainingSteps steps;
    private final SagaIds ids;
    private final Duration startTimeout;

    LogDecider(SagaHost host, StepCallbacks callbacks, SagaIds ids, Duration startTimeout, Duration branchTimeout) {
        super(host, callbacks, ids, startTimeout, branchTimeout);
        this.host = host;
        this.steps = new RemainingSteps(callbacks, host.timers(), branchTimeout);
        this.ids = ids;
        this.startTimeout = startTimeout;
    }

    @Override
    protected CompletableFuture<String> reserve(long timeLimit, Predicate<SagaId> wanted) {
        return SagaStart.whenReady(host, startTimeout)
                .thenApply(ready -> ids.next(wanted).value());
    }

    @Override
    protected Optional<String> again(SagaId reserved) {
        return Optional.of(reserved.value());
    }

    @Override
    protected CompletableFuture<LiveSaga> start(
            String longRunningAction, Exchange exchange, KeptMessage message, @Nullable SagaId parent) {
        return SagaStart.start(host, new SagaId(longRunningAction), null, exchange, message, parent);
    }

    /** A saga that has ended or is unknown refuses all that is asked of it; of one that runs elsewhere, it is asked in its log. */
    @Override
    protected CompletableFuture<CamelSagaCoordinator> elsewhere(
            String id, Function<LiveSaga, CamelSagaCoordinator> here) {
        if (host.ownership().isReadBack() && SagaId.isValid(id)) {
            return CompletableFuture.completedFuture(new EnlistedSaga(
                    id,
                    host.requests(),
                    host.timers().clock(),
                    startTimeout,
                    (step, declared) -> CompletableFuture.completedFuture(null)));
        }
        return host.find(LongRunningAction.sagaId(id)).thenApply(found -> found.map(here)
                .orElseGet(() -> new RefusingCoordinator(id, "saga %s has ended, or is not known here".formatted(id))));
    }

    @Override
    protected CompletableFuture<Void> begin(
            LiveSaga saga,
            CamelSagaStep step,
            OptionalLong startLimit,
            Supplier<CompletableFuture<Optional<Step>>> enlist) {
        return enlist.get().thenAccept(enlisted -> {});
    }

    @Override
    protected CompletableFuture<Void> askToComplete(LiveSaga saga) {
        CompletableFuture<Void> decided = decideToComplete(saga);
        decided.thenCompose(decision -> finishCompleting(saga)).whenComplete((done, failure) -> notNow(saga, failure));
        return decided;
    }

    @Override
    protected CompletableFuture<Void> toComplete(LiveSaga saga) {
        return decideToComplete(saga).thenCompose(decided -> finishCompleting(saga));
    }

    private static CompletableFuture<Void> decideToComplete(LiveSaga saga) {
        boolean closes = saga.state().steps().stream().anyMatch(RemainingSteps::hasToClose);
        return saga.decide(closes ? new SagaEvent.Close() : new SagaEvent.Complete());
    }

    /** Compensations begin when the exchange that asks is done, after its transaction, or when the timeout for branches is over. */
    @Override
    protected CompletableFuture<Void> askToCompensate(LiveSaga saga, SagaEvent reason, @Nullable Exchange asking) {
        CompletableFuture<Void> decided = saga.decide(reason);
        decided.thenCompose(decision -> finishCompensating(saga))
                .whenComplete((done, failure) -> notNow(saga, failure));
        return decided;
    }

    @Override
    protected CompletableFuture<Void> undo(LiveSaga saga, SagaEvent reason, Exchange asking) {
        return askToCompensate(saga, reason, asking);
    }

    @Override
    protected CompletableFuture<Void> toCompensate(LiveSaga saga, SagaEvent reason) {
        return saga.decide(reason).thenCompose(decided -> finishCompensating(saga));
    }

    @Override
    protected void finish(LiveSaga saga) {
        if (saga.state().status() == SagaStatus.COMPLETING) {
            finishCompleting(saga);
        } else {
            finishCompensating(saga);
        }
    }

    /** The saga is COMPLETING, or COMPLETED already. */
    private CompletableFuture<Void> finishCompleting(LiveSaga saga) {
        return saga.state().status() == SagaStatus.COMPLETING
                ? steps.complete(saga).thenCompose(saga::decide)
                : CompletableFuture.completedFuture(null);
    }

    /** The saga is COMPENSATING. */
    private CompletableFuture<Void> finishCompensating(LiveSaga saga) {
        return steps.compensate(saga).thenCompose(saga::decide);
    }
}
