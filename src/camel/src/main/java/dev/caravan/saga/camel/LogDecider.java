package dev.caravan.saga.camel;

import dev.caravan.saga.Printable;
import dev.caravan.saga.SagaStatus;
import dev.caravan.saga.Step;
import dev.caravan.saga.engine.LiveSaga;
import dev.caravan.saga.engine.SagaHost;
import dev.caravan.saga.state.IllegalTransitionException;
import dev.caravan.saga.state.SagaEvent;
import dev.caravan.saga.state.SagaState;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.apache.camel.Exchange;
import org.apache.camel.saga.CamelSagaStep;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decides in the log how a saga ends, and does what follows. A decision that comes second is refused by the state
 * machine, and who asked for it learns how the saga ended.
 */
final class LogDecider implements Decider {

    private static final Logger LOGGER = LoggerFactory.getLogger(LogDecider.class);

    private final RemainingSteps steps;
    private final UnfinishedSteps unfinished;
    private final SagaHost host;
    private final Duration branchTimeout;

    LogDecider(StepCallbacks callbacks, SagaHost host, Duration branchTimeout) {
        this.steps = new RemainingSteps(callbacks);
        this.unfinished = new UnfinishedSteps(callbacks, host, branchTimeout);
        this.host = host;
        this.branchTimeout = branchTimeout;
    }

    @Override
    public CompletableFuture<Void> begin(
            LiveSaga saga,
            CamelSagaStep step,
            OptionalLong startLimit,
            Supplier<CompletableFuture<Optional<Step>>> enlist) {
        return enlist.get().thenAccept(enlisted -> {});
    }

    @Override
    public CompletableFuture<Void> askToComplete(LiveSaga saga, Exchange ending) {
        CompletableFuture<Void> decided = decideToComplete(saga, ending);
        decided.thenCompose(done -> finish(saga)).exceptionally(failure -> notNow(saga, failure));
        return decided;
    }

    /** Compensations begin when the exchange that asks is done, after its transaction, or when the timeout for branches is over. */
    @Override
    public CompletableFuture<Void> askToCompensate(LiveSaga saga, SagaEvent reason, Exchange asking) {
        CompletableFuture<Void> decided = saga.decide(reason);
        decided.thenCompose(done -> undo(saga)).exceptionally(failure -> notNow(saga, failure));
        return decided;
    }

    @Override
    public CompletableFuture<Void> undo(LiveSaga saga, SagaEvent reason, Exchange asking) {
        return askToCompensate(saga, reason, asking);
    }

    @Override
    public CompletableFuture<SagaState> complete(LiveSaga saga, Exchange ending) {
        CompletableFuture<SagaState> ended = saga.ended().copy();
        decideToComplete(saga, ending)
                .thenCompose(decided -> finish(saga))
                .exceptionally(failure -> tell(ended, saga, failure));
        return ended;
    }

    @Override
    public CompletableFuture<SagaState> compensate(LiveSaga saga, SagaEvent reason) {
        CompletableFuture<SagaState> ended = saga.ended().copy();
        saga.decide(reason).thenCompose(decided -> undo(saga)).exceptionally(failure -> tell(ended, saga, failure));
        return ended;
    }

    /** What is in doubt is settled before; it may turn out that the saga cannot complete, and is undone. */
    private CompletableFuture<Void> decideToComplete(LiveSaga saga, Exchange ending) {
        return unfinished.end(saga, ending, saga.id().value()).thenCompose(failed -> {
            boolean closes = saga.state().steps().stream().anyMatch(RemainingSteps::hasToClose);
            return saga.decide(failed.orElse(closes ? new SagaEvent.Close() : new SagaEvent.Complete()));
        });
    }

    private CompletableFuture<Void> finish(LiveSaga saga) {
        return saga.state().status() == SagaStatus.COMPENSATING ? undo(saga) : finishCompleting(saga);
    }

    private CompletableFuture<Void> undo(LiveSaga saga) {
        return host.timers()
                .await(saga.workers().allDone(), branchTimeout)
                .thenCompose(waited -> finishCompensating(saga));
    }

    /** The saga is COMPLETING, or COMPLETED already. */
    CompletableFuture<Void> finishCompleting(LiveSaga saga) {
        return saga.state().status() == SagaStatus.COMPLETING
                ? steps.complete(saga, saga.id().value()).thenCompose(saga::decide)
                : CompletableFuture.completedFuture(null);
    }

    /** The saga is COMPENSATING. */
    CompletableFuture<Void> finishCompensating(LiveSaga saga) {
        return steps.compensate(saga, saga.id().value()).thenCompose(saga::decide);
    }

    /**
     * What could not be finished now is finished by who takes the saga over next, or has it already; a decision that came
     * second is none.
     */
    private static Void notNow(LiveSaga saga, Throwable failure) {
        if (!isSecond(failure) && !saga.isGone()) {
            LOGGER.warn("Saga {} could not be ended now: {}", saga.id(), Printable.of(Failures.text(failure)));
        }
        return null;
    }

    private static Void tell(CompletableFuture<SagaState> ended, LiveSaga saga, Throwable failure) {
        if (!isSecond(failure)) {
            ended.completeExceptionally(Failures.cause(failure));
        }
        return notNow(saga, failure);
    }

    private static boolean isSecond(Throwable failure) {
        return Failures.cause(failure) instanceof IllegalTransitionException;
    }

    @Override
    public boolean watchDeadline(LiveSaga saga) {
        return Deadlines.watch(saga, host.timers(), reason -> askToCompensate(saga, reason, null));
    }
}
