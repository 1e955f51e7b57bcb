package dev.caravan.saga.camel;

import dev.caravan.saga.Step;
import dev.caravan.saga.StepKind;
import dev.caravan.saga.engine.LiveSaga;
import dev.caravan.saga.engine.StepRefusedException;
import dev.caravan.saga.state.SagaEvent;
import dev.caravan.saga.state.SagaState;
import dev.caravan.saga.state.StepLeft;
import dev.caravan.saga.state.StepState;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.apache.camel.CamelContext;

/**
 * What becomes of the block of a step that an earlier run of the route began. One that came to its end is answered from
 * the log. One that went on by commands goes on. Of any other it is in doubt whether it was done: the saga is undone. In a saga
 * that has ended, whose parent's route is run again, nothing is done that is not in the log.
 */
final class StepAgain {

    private StepAgain() {}

    /**
     * @param run of the block, which has joined the saga as this step
     * @param idempotent the step may be done twice
     * @param undo has the saga undone for a reason; completes when that is decided
     * @return completes when the block goes on; fails with {@link StepRefusedException} when it must not
     */
    static CompletableFuture<Step> of(
            BlockRun run,
            CamelContext context,
            Step step,
            boolean idempotent,
            Function<SagaEvent, CompletableFuture<Void>> undo) {
        LiveSaga saga = run.joinedSaga();
        if (!saga.recorded().isOfEarlier(step)) {
            return CompletableFuture.completedFuture(step);
        }
        Optional<String> doubt = doubt(run, context, saga.state(), step, idempotent);
        if (doubt.isEmpty()) {
            return CompletableFuture.completedFuture(step);
        }
        String reason = doubt.get();
        return undo.apply(new SagaEvent.Fail(step, reason)).handle((decided, failure) -> {
            StepRefusedException refused = new StepRefusedException(reason);
            if (failure != null) {
                refused.addSuppressed(Failures.cause(failure));
            }
            throw refused;
        });
    }

    /**
     * Has the block answered if it came to its end.
     *
     * @return empty: the block goes on; otherwise why it must not
     */
    static Optional<String> doubt(BlockRun run, CamelContext context, SagaState saga, Step step, boolean idempotent) {
        StepState known = saga.step(step).orElseThrow();
        StepLeft left = known.left();
        if (left != null && left.unkept() == null) {
            run.answeredBy(left);
            return Optional.empty();
        }
        boolean mayBeDoneAgain = !saga.status().isTerminal()
                && (idempotent || known.enlistment().kind() == StepKind.RETRIABLE || saga.passedPivot());
        boolean goesOn = mayBeDoneAgain || left == null && !run.block().mayHaveDonePlainWork(context, saga, step);
        return goesOn ? Optional.empty() : Optional.of(saga.status().isTerminal() ? reason(saga, step) : reason(known));
    }

    private static String reason(SagaState saga, Step step) {
        return "Step %s is not done again: saga %s %s is %s (%s)"
                .formatted(step, saga.name(), saga.sagaId(), saga.status(), saga.reason());
    }

    private static String reason(StepState known) {
        return known.left() == null
                ? ("Step %s is in doubt: it began before a crash and may have taken effect, and its end is not in the log. A step"
                                + " that may be done twice says so by the option %s")
                        .formatted(known.step(), SagaConstants.IDEMPOTENT)
                : "Step %s ended before a crash, and the route cannot go on behind it: %s"
                        .formatted(known.step(), known.left().unkept());
    }
}
