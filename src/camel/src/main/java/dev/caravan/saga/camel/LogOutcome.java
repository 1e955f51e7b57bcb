package dev.caravan.saga.camel;

import dev.caravan.saga.Printable;
import dev.caravan.saga.SagaStatus;
import dev.caravan.saga.engine.LiveSaga;
import dev.caravan.saga.engine.SagaHost;
import dev.caravan.saga.engine.SagaTimers;
import dev.caravan.saga.state.IllegalTransitionException;
import dev.caravan.saga.state.SagaEvent;
import dev.caravan.saga.state.SagaState;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.apache.camel.Exchange;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decides in the log how a saga ends, and does what follows. A decision that comes second is refused by the state
 * machine, and who asked for it learns how the saga ended.
 */
final class LogOutcome implements RequestedEvents.Ending {

    private static final Logger LOGGER = LoggerFactory.getLogger(LogOutcome.class);

    private final RemainingSteps steps;
    private final UnfinishedSteps unfinished;
    private final SagaHost host;
    private final Duration branchTimeout;

    LogOutcome(StepCallbacks callbacks, SagaHost host, Duration branchTimeout) {
        this.steps = new RemainingSteps(callbacks);
        this.unfinished = new UnfinishedSteps(callbacks, host, branchTimeout);
        this.host = host;
        this.branchTimeout = branchTimeout;
    }

    @Override
    public CompletableFuture<Void> complete(LiveSaga saga) {
        return complete(saga, null);
    }

    /** @param ending the exchange that asks for it; {@code null}: none */
    CompletableFuture<Void> complete(LiveSaga saga, Exchange ending) {
        CompletableFuture<Void> decided = decideToComplete(saga, ending);
        decided.thenCompose(done -> finish(saga)).exceptionally(failure -> notNow(saga, failure));
        return decided;
    }

    @Override
    public CompletableFuture<Void> compensate(LiveSaga saga, SagaEvent reason) {
        CompletableFuture<Void> decided = saga.decide(reason);
        decided.thenCompose(done -> undo(saga)).exceptionally(failure -> notNow(saga, failure));
        return decided;
    }

    /** @return completes when the saga is COMPLETED; fails when it ended or ends otherwise, or cannot be ended now */
    CompletableFuture<Void> completeToTheEnd(LiveSaga saga, Exchange ending) {
        CompletableFuture<Void> ended = ended(saga, SagaStatus.COMPLETED, "complete");
        decideToComplete(saga, ending)
                .thenCompose(decided -> finish(saga))
                .exceptionally(failure -> tell(ended, saga, failure));
        return ended;
    }

    /**
     * @param reason FAIL or TIMEOUT
     * @return completes when the saga is COMPENSATED; fails when it ended or ends otherwise, or cannot be ended now
     */
    CompletableFuture<Void> compensateToTheEnd(LiveSaga saga, SagaEvent reason) {
        CompletableFuture<Void> ended = ended(saga, SagaStatus.COMPENSATED, "compensate");
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

    private static Void tell(CompletableFuture<Void> ended, LiveSaga saga, Throwable failure) {
        if (!isSecond(failure)) {
            ended.completeExceptionally(Failures.cause(failure));
        }
        return notNow(saga, failure);
    }

    private static boolean isSecond(Throwable failure) {
        return Failures.cause(failure) instanceof IllegalTransitionException;
    }

    private static CompletableFuture<Void> ended(LiveSaga saga, SagaStatus wanted, String verb) {
        return saga.ended().thenCompose(state -> {
            if (state.status() == wanted) {
                return CompletableFuture.completedFuture(null);
            }
            return CompletableFuture.failedFuture(
                    state.status() == SagaStatus.FAILED ? new SagaFailedException(state) : surprise(state, verb));
        });
    }

    private static Exception surprise(SagaState state, String verb) {
        return new IllegalStateException("Cannot %s: status is %s (saga %s %s: %s)"
                .formatted(verb, state.status(), state.name(), state.sagaId(), state.reason()));
    }

    @Override
    public void watchDeadline(LiveSaga saga) {
        isLate(saga);
    }

    /**
     * Has the saga undone when its deadline passes.
     *
     * @return true when it has passed already: the saga is being undone
     */
    boolean isLate(LiveSaga saga) {
        return !saga.state().passedPivot() && SagaTimers.atDeadline(saga, host.timers(), () -> timeOut(saga));
    }

    private void timeOut(LiveSaga saga) {
        if (saga.state().status() == SagaStatus.EXECUTING && !saga.state().passedPivot()) {
            String reason = "The saga did not end before " + saga.state().deadline();
            compensate(saga, new SagaEvent.Timeout(null, reason));
        }
    }
}
