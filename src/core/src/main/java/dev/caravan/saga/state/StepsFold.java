package dev.caravan.saga.state;

import dev.caravan.saga.Step;
import dev.caravan.saga.StepStatus;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/** The steps of a saga after one more event that its state allows. */
final class StepsFold {

    private final SagaState saga;
    private final long sequence;
    private final List<StepState> steps;

    private StepsFold(SagaState saga, long sequence) {
        this.saga = saga;
        this.sequence = sequence;
        this.steps = saga.steps();
    }

    static List<StepState> after(SagaState saga, SagaLogEntry entry) {
        return new StepsFold(saga, entry.sequence()).after(entry.event(), entry.timestamp());
    }

    private List<StepState> after(SagaEvent event, Instant at) {
        if (event instanceof SagaEvent.Enlist enlist) {
            return steps.stream().anyMatch(known -> known.step().equals(enlist.step()))
                    ? steps
                    : plus(StepState.enlisted(enlist, at));
        } else if (event instanceof SagaEvent.Success success) {
            return change(success.step(), step -> step.succeeded(success.command(), success.result(), at));
        } else if (event instanceof SagaEvent.StepRejected rejected) {
            return change(
                    rejected.step(), step -> step.rejected(rejected.command(), rejected.code(), rejected.error(), at));
        } else if (event instanceof SagaEvent.StepUnknown unknown) {
            return change(
                    unknown.step(),
                    step -> step.inDoubt(
                            unknown.command(),
                            new StepFailure(
                                    StepStatus.UNKNOWN,
                                    unknown.exception(),
                                    unknown.error(),
                                    unknown.within(),
                                    unknown.left(),
                                    unknown.causes()),
                            at));
        } else if (event instanceof SagaEvent.StepTimeout timeout) {
            return change(
                    timeout.step(),
                    step -> step.inDoubt(
                            timeout.command(),
                            new StepFailure(
                                    StepStatus.TIMED_OUT,
                                    null,
                                    "no reply within %d ms".formatted(timeout.timeoutMillis())),
                            at));
        } else if (event instanceof SagaEvent.CompleteSuccess success) {
            return change(success.step(), step -> step.with(StepStatus.COMPLETED, null, at));
        } else if (event instanceof SagaEvent.CompleteRetry retry) {
            return change(retry.step(), step -> step.tried(retry.attempt(), retry.error(), at));
        } else if (event instanceof SagaEvent.CompensateSuccess success) {
            return change(success.step(), step -> step.with(StepStatus.COMPENSATED, step.error(), at));
        } else if (event instanceof SagaEvent.StepUndone undone) {
            return change(undone.step(), step -> step.with(StepStatus.COMPENSATED, step.error(), at));
        } else if (event instanceof SagaEvent.CompleteFail failed) {
            return change(failed.step(), step -> step.completionFailed(failed.error(), at));
        } else if (event instanceof SagaEvent.CompensateRetry retry) {
            return change(retry.step(), step -> step.tried(retry.attempt(), retry.error(), at));
        } else if (event instanceof SagaEvent.StepCompensateFailed failed) {
            return change(failed.step(), step -> step.compensationFailed(failed, at));
        } else if (event instanceof SagaEvent.Complete || event instanceof SagaEvent.Close) {
            return changeAll(StepStatus.ENLISTED, StepStatus.SUCCEEDED, at);
        }
        if (event instanceof Awaits.StepSends sends) {
            return change(sends.step(), step -> step.sends(sends, at));
        } else if (event instanceof Awaits.StepAwaits awaits) {
            return change(awaits.step(), step -> step.waits(awaits, at));
        } else if (event instanceof Awaits.StepReminder reminder) {
            return change(reminder.step(), step -> step.reminded(reminder.command(), at));
        } else if (event instanceof Awaits.StepAnswered answer) {
            return change(
                    answer.step(),
                    step -> answer.isRejection()
                            ? step.rejected(answer.command(), answer.code(), answer.error(), at)
                            : step.succeeded(answer.command(), answer.result(), at));
        }
        if (event instanceof SagaEvent.Call call) {
            return change(call.step(), step -> step.called(call.phase(), at));
        } else if (event instanceof SagaEvent.StepEnd end) {
            return change(
                    end.step(), step -> step.ended(StepLeft.orUnkept(end.left()).whole(saga, sequence), at));
        } else if (event instanceof SagaEvent.StepRetry retry) {
            return change(retry.step(), step -> step.goesOn(retry.attempt(), retry.error(), at));
        } else if (event instanceof SagaEvent.Retry retry) {
            UnaryOperator<StepState> again = step -> Correction.allows(step, retry)
                    ? Correction.retried(step.seenTo(StepStatus.UNKNOWN, StepStatus.SUCCEEDED, at), retry)
                    : step;
            return retry.step() == null ? steps.stream().map(again).toList() : change(retry.step(), again);
        } else if (event instanceof StepCorrection correction) {
            return change(correction.step(), step -> Correction.proposed(step, correction, sequence));
        } else if (event instanceof StepResolved resolved) {
            // what could not be completed says that its saga is not to be undone, until RESOLVE
            return change(resolved.step(), step -> step.seenTo(StepStatus.COMPENSATED, step.status(), at));
        }
        return steps;
    }

    private List<StepState> plus(StepState step) {
        if (steps.size() >= LongList.CHUNK) {
            return LongList.plus(steps, step);
        }
        List<StepState> all = new ArrayList<>(steps);
        all.add(step);
        return List.copyOf(all);
    }

    private List<StepState> change(Step which, UnaryOperator<StepState> change) {
        for (int i = 0; i < steps.size(); i++) {
            StepState step = steps.get(i);
            if (step.step().equals(which)) {
                StepState changed = change.apply(step);
                return changed == step ? steps : with(i, changed);
            }
        }
        return steps;
    }

    private List<StepState> with(int index, StepState step) {
        if (steps.size() > LongList.CHUNK) {
            return LongList.with(steps, index, step);
        }
        List<StepState> all = new ArrayList<>(steps);
        all.set(index, step);
        return List.copyOf(all);
    }

    /** A step whose route ended well without a command of its own is known to have succeeded only now. */
    private List<StepState> changeAll(StepStatus from, StepStatus to, Instant at) {
        return steps.stream()
                .map(step -> step.status() == from ? step.with(to, null, at) : step)
                .toList();
    }
}
