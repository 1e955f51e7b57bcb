package dev.caravan.saga.camel;

import dev.caravan.saga.Step;
import dev.caravan.saga.StepStatus;
import dev.caravan.saga.engine.LiveSaga;
import dev.caravan.saga.state.SagaEvent;
import dev.caravan.saga.state.SagaState;
import dev.caravan.saga.state.StepState;
import dev.caravan.saga.time.Timers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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
    private final Timers timers;
    private final Duration branchTimeout;

    /** @param branchTimeout how long branches of a saga's route that still work are waited for before it is undone */
    public RemainingSteps(StepCallbacks callbacks, Timers timers, Duration branchTimeout) {
        this.callbacks = callbacks;
        this.timers = timers;
        this.branchTimeout = branchTimeout;
    }

    /** The saga is to be undone. @return completes when none of its branches is at work any more, or is waited for any longer */
    public CompletableFuture<Void> afterBranches(LiveSaga saga) {
        return saga.workers().over(timers, branchTimeout);
    }

    /**
     * Compensates what may have taken effect, {@linkplain #afterBranches after branches}. One step that is given up does not
     * stop the others.
     *
     * @return the event that ends the saga: COMPENSATE_COMPLETE, or COMPENSATE_FAIL if a step was given up
     */
    public CompletableFuture<SagaEvent> compensate(LiveSaga saga) {
        return afterBranches(saga).thenCompose(over -> undo(saga));
    }

    private CompletableFuture<SagaEvent> undo(LiveSaga saga) {
        return next(saga, RemainingSteps::isToBeCompensated)
                .map(step -> callbacks.tryToCompensate(saga, step.step()).thenCompose(done -> undo(saga)))
                .orElseGet(() -> CompletableFuture.completedFuture(compensated(saga.state())));
    }

    /**
     * Undoes what is left in doubt, and runs the completions that are left; CLOSE is in the log before the first. One step
     * that is given up does not stop the others.
     *
     * @return the event that ends the saga: COMPLETE, or COMPLETE_FAIL if a step was given up
     */
    public CompletableFuture<SagaEvent> complete(LiveSaga saga) {
        return complete(saga, new LinkedHashMap<>());
    }

    private CompletableFuture<SagaEvent> complete(LiveSaga saga, Map<Step, String> givenUp) {
        Optional<StepState> inDoubt = next(saga, RemainingSteps::isLeftInDoubt);
        if (inDoubt.isPresent()) {
            return callbacks.tryToCompensate(saga, inDoubt.get().step()).thenCompose(done -> complete(saga, givenUp));
        }
        return next(saga, step -> isToBeCompleted(step) && !givenUp.containsKey(step.step()))
                .map(step -> saga.appendIfAllowed(new SagaEvent.Close())
                        .thenCompose(closed -> callbacks.complete(saga, step.step()))
                        .exceptionallyCompose(failure -> {
                            if (Failures.cause(failure) instanceof CompletionFailedException refused) {
                                givenUp.put(step.step(), Failures.text(refused));
                                return CompletableFuture.completedFuture(null);
                            }
                            return CompletableFuture.failedFuture(failure);
                        })
                        .thenCompose(done -> complete(saga, givenUp)))
                .orElseGet(() -> CompletableFuture.completedFuture(completed(saga.state(), givenUp)));
    }

    private static SagaEvent completed(SagaState state, Map<Step, String> givenUp) {
        state.steps().stream()
                .filter(step -> step.status().wasGivenUp())
                .forEach(step -> givenUp.putIfAbsent(
                        step.step(),
                        "Step %s could not be %s: %s"
                                .formatted(
                                        step.step(),
                                        step.status() == StepStatus.COMPENSATION_FAILED ? "undone" : "completed",
                                        step.error())));
        return givenUp.entrySet().stream()
                .findFirst()
                .<SagaEvent>map(step -> new SagaEvent.CompleteFail(step.getKey(), step.getValue()))
                .orElse(new SagaEvent.Complete());
    }

    private static Optional<StepState> next(LiveSaga saga, Predicate<StepState> left) {
        List<StepState> steps = new ArrayList<>(saga.state().steps());
        Collections.reverse(steps);
        return steps.stream().filter(left).findFirst();
    }

    static boolean isToBeCompensated(StepState step) {
        return step.status().needsCompensation()
                && step.status() != StepStatus.COMPENSATION_FAILED
                && step.compensation().isPresent();
    }

    /** Only what was done is made final. */
    static boolean isToBeCompleted(StepState step) {
        return step.countsAsDone() && step.completion().isPresent();
    }

    /** True for a step whose undoing was given up before, and is tried again. */
    private static boolean isLeftInDoubt(StepState step) {
        return isToBeCompensated(step) && !step.countsAsDone();
    }

    /** True when a saga that is to complete has something to do before it has. */
    static boolean hasToClose(StepState step) {
        return isToBeCompleted(step) || step.status() == StepStatus.COMPENSATION_FAILED;
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
