package dev.caravan.saga.participant;

import dev.caravan.saga.SagaId;
import dev.caravan.saga.Step;
import dev.caravan.saga.message.Phase;
import dev.caravan.saga.message.SagaCommand;
import dev.caravan.saga.message.SagaReply;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What the inbox knows of one step, and what follows from it for the next command. Pure.
 *
 * <p>A step has a row, and nearly always no other: its action is in it, and how it was ended. Of a step with several
 * actions, or several compensations, each of the others has a row of its own beside it. Who works on one of those has
 * locked the first.
 *
 * @param part which of the others it is; {@code null}: the step's first row
 * @param actionCommand {@code null} when only a compensation was seen
 * @param actionReply {@code null} while the action's outcome is not known
 * @param endingCommand the compensation or completion seen last, or {@code null}
 * @param endingReply {@code null} while neither was done
 * @param busyUntil an action with effects elsewhere is at work, for no longer than this; {@code null}: none is
 */
record InboxRow(
        SagaId sagaId,
        Step step,
        @Nullable String part,
        InboxState state,
        @Nullable String actionCommand,
        @Nullable SagaReply actionReply,
        @Nullable String endingCommand,
        @Nullable SagaReply endingReply,
        @Nullable Instant busyUntil) {

    static InboxRow started(SagaCommand action) {
        return new InboxRow(
                action.sagaId(), action.step(), null, InboxState.STARTED, action.command(), null, null, null, null);
    }

    /** A further action of a step. */
    static InboxRow startedBeside(SagaCommand action) {
        return new InboxRow(
                action.sagaId(),
                action.step(),
                partOf(action),
                InboxState.STARTED,
                action.command(),
                null,
                null,
                null,
                null);
    }

    /** A further compensation or completion of a step, to be done. */
    static InboxRow endingBeside(SagaCommand ending) {
        InboxState toDo = ending.phase() == Phase.COMPENSATION ? InboxState.COMPENSATING : InboxState.DONE;
        return new InboxRow(
                ending.sagaId(), ending.step(), partOf(ending), toDo, null, null, ending.command(), null, null);
    }

    /** Where the row of a command is that has one beside its step's first. */
    static String partOf(SagaCommand command) {
        return (command.phase() == Phase.ACTION ? "" : "/") + command.command();
    }

    /** What the row is found by, beside the saga. */
    String key() {
        return part == null ? step.toString() : step + "/" + part;
    }

    static InboxRow barred(SagaCommand compensation) {
        return new InboxRow(
                compensation.sagaId(),
                compensation.step(),
                null,
                InboxState.BARRED,
                null,
                null,
                compensation.command(),
                SagaReply.success(compensation, null),
                null);
    }

    InboxRow busy(@Nullable Instant until) {
        return new InboxRow(sagaId, step, part, state, actionCommand, actionReply, endingCommand, endingReply, until);
    }

    InboxRow answered(InboxState next, SagaReply reply) {
        return new InboxRow(sagaId, step, part, next, actionCommand, reply, endingCommand, endingReply, null);
    }

    InboxRow compensating(SagaCommand compensation) {
        return new InboxRow(
                sagaId,
                step,
                part,
                InboxState.COMPENSATING,
                actionCommand,
                actionReply,
                compensation.command(),
                null,
                null);
    }

    InboxRow ended(InboxState next, SagaCommand ending, SagaReply reply) {
        return new InboxRow(sagaId, step, part, next, actionCommand, actionReply, ending.command(), reply, null);
    }

    /** True when the action that the row is about is this command, or there was none yet. */
    boolean isOf(SagaCommand action) {
        return actionCommand == null || actionCommand.equals(action.command());
    }

    /** This action's row, when a compensation of its step has begun. */
    InboxRow barredBy(InboxRow first) {
        return new InboxRow(
                sagaId,
                step,
                part,
                first.state(),
                actionCommand,
                actionReply,
                first.endingCommand(),
                first.endingReply(),
                null);
    }

    /** True when this ending is another one than the step was ended by, in the same phase. */
    boolean isEndedByOther(SagaCommand ending) {
        boolean ended = ending.phase() == Phase.COMPENSATION ? isBarred() : state == InboxState.COMPLETED;
        return ended && !ending.command().equals(endingCommand);
    }

    /** The first row, with the state that all actions of its step have together: what may be undone, or is at work. */
    InboxRow together(List<InboxRow> others) {
        if (state != InboxState.STARTED && state != InboxState.DONE && state != InboxState.REJECTED) {
            return this;
        }
        InboxRow most = this;
        for (InboxRow other : others) {
            if (other.actionCommand() != null && other.weight() > most.weight()) {
                most = other;
            }
        }
        return new InboxRow(
                sagaId,
                step,
                part,
                most.state(),
                most.actionCommand(),
                most.actionReply(),
                endingCommand,
                endingReply,
                most.busyUntil());
    }

    /** What is told to who asks. */
    Held held(Instant now) {
        boolean atWork = state == InboxState.STARTED && busyUntil != null && now.isBefore(busyUntil);
        return new Held(atWork ? "AT_WORK" : state.name(), actionCommand, actionReply, endingCommand);
    }

    /** Of states of an action: one that is at work counts more than one that is done, and that more than a rejection. */
    private int weight() {
        return switch (state) {
            case STARTED -> busyUntil == null ? 3 : 4;
            case DONE -> 2;
            default -> 1;
        };
    }

    /** True when a compensation has begun, so that no action may begin any more. */
    boolean isBarred() {
        return switch (state) {
            case BARRED, COMPENSATING, COMPENSATED -> true;
            case STARTED, DONE, REJECTED, COMPLETED -> false;
        };
    }

    /**
     * @return the answer that is known; empty: do it
     * @throws StepAtWorkException it is too early for a compensation
     * @throws IllegalStateException the command does not belong to what was done
     */
    Optional<Answer> answerTo(SagaCommand command, Instant now) {
        return switch (command.phase()) {
            case ACTION -> answerToAction(command);
            case COMPENSATION -> answerToCompensation(command, now);
            case COMPLETION -> answerToCompletion(command);
        };
    }

    private Optional<Answer> answerToAction(SagaCommand command) {
        if (isBarred() && actionReply == null) {
            SagaReply refusal = SagaReply.rejected(
                    command,
                    Inbox.ALREADY_COMPENSATED,
                    "%s is refused: its compensation %s came before it".formatted(command.command(), endingCommand));
            return Optional.of(new Answer(refusal, ParticipantEvent.Kind.LATE));
        }
        return Optional.ofNullable(actionReply).map(InboxRow::duplicate);
    }

    private Optional<Answer> answerToCompensation(SagaCommand command, Instant now) {
        return switch (state) {
            case BARRED, COMPENSATED -> Optional.of(duplicate(endingReply));
            case REJECTED -> Optional.of(new Answer(SagaReply.success(command, null), ParticipantEvent.Kind.EMPTY));
            case DONE, COMPLETED, COMPENSATING -> Optional.empty();
            case STARTED -> {
                if (busyUntil != null && now.isBefore(busyUntil)) {
                    throw new StepAtWorkException(command, actionCommand, busyUntil);
                }
                yield Optional.empty();
            }
        };
    }

    private Optional<Answer> answerToCompletion(SagaCommand command) {
        return switch (state) {
            case COMPLETED -> Optional.of(duplicate(endingReply));
            case DONE -> Optional.empty();
            case STARTED -> throw new IllegalStateException(refusal(command));
            case REJECTED, BARRED, COMPENSATING, COMPENSATED ->
                throw new StepRejectedException(Inbox.NOT_DONE, refusal(command));
        };
    }

    private String refusal(SagaCommand command) {
        return "%s is refused: step %s of saga %s is %s, and only a step that is DONE can be completed. Nothing changed"
                .formatted(command.command(), step, sagaId, state);
    }

    private static Answer duplicate(@Nullable SagaReply recorded) {
        return new Answer(Objects.requireNonNull(recorded), ParticipantEvent.Kind.DUPLICATE);
    }
}
