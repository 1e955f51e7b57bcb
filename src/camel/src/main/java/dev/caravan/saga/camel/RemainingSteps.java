package dev.caravan.saga.camel;

import dev.caravan.saga.StepStatus;
import dev.caravan.saga.engine.LiveSaga;
import dev.caravan.saga.state.SagaEvent;
import dev.caravan.saga.state.SagaState;
import dev.caravan.saga.state.StepState;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;

/**
 * Does what is left of ending a saga: its steps are compensated, or completed, in reverse order of enlistment, one at a
 * time. Steps whose callback is under way are waited for, those that are done are skipped; so it may be asked at any
 * time, and more than once.
 */
public final class RemainingSteps {

    private final StepCallbacks callbacks;

    public RemainingSteps(StepCallbacks callbacks) {
        this.callbacks = callbacks;
    }

    /**
     * Compensates what may have taken effect. One step that is given up does not stop the others.
     *
     * @return the event that ends the saga: COMPENSATE_COMPLETE, or COMPENSATE_FAIL if a step was given up
     */
    public CompletableFuture<SagaEvent> compensate(LiveSaga saga, String longRunningAction) {
        return next(saga, RemainingSteps::isToBeCompensated)
                .map(step -> callbacks
                        .compensate(saga, step.step(), longRunningAction)
                        .exceptionallyCompose(failure -> Failures.cause(failure) instanceof CompensationFailedException
                                ? CompletableFuture.completedFuture(null)
                                : CompletableFuture.failedFuture(failure))
                        .thenCompose(done -> compensate(saga, longRunningAction)))
                .orElseGet(() -> CompletableFuture.completedFuture(compensated(saga.state())));
    }

    /**
     * Runs the completions that are left; CLOSE is in the log before the first.
     *
     * @return the event that ends the saga, COMPLETE
     */
    public CompletableFuture<SagaEvent> complete(LiveSaga saga, String longRunningAction) {
        return next(saga, RemainingSteps::isToBeCompleted)
                .map(step -> saga.appendIfAllowed(new SagaEvent.Close())
                        .thenCompose(closed -> callbacks.complete(saga, step.step(), longRunningAction))
                        .thenCompose(done -> complete(saga, longRunningAction)))
                .orElseGet(() -> CompletableFuture.completedFuture(new SagaEvent.Complete()));
    }

    private static Optional<StepState> next(LiveSaga saga, Predicate<StepState> left) {
        List<StepState> steps = new ArrayList<>(saga.state().steps());
        Collections.reverse(steps);
        return steps.stream().filter(left).findFirst();
    }

    private static boolean isToBeCompensated(StepState step) {
        return step.status().needsCompensation()
                && step.status() != StepStatus.COMPENSATION_FAILED
                && step.compensation().isPresent();
    }

    static boolean isToBeCompleted(StepState step) {
        return step.status() != StepStatus.COMPLETED
                && step.status() != StepStatus.REJECTED
                && step.completion().isPresent();
    }

    private static SagaEvent compensated(SagaState state) {
        return state.steps().stream()
                .filter(step -> step.status() == StepStatus.COMPENSATION_FAILED)
                .findFirst()
                .<SagaEvent>map(step -> new SagaEvent.CompensateFail(
                        step.step(), "Step %s could not be compensated: %s".formatted(step.step(), step.error())))
                .orElse(new SagaEvent.CompensateComplete());
    }
}
