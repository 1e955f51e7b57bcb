package dev.caravan.saga.participant;

import dev.caravan.saga.SagaId;
import dev.caravan.saga.Step;
import dev.caravan.saga.message.SagaCommand;
import dev.caravan.saga.message.SagaReply;
import java.time.Instant;
import java.util.Optional;

/**
 * What the inbox knows of one step, and what follows from it for the next command. Pure.
 *
 * @param actionCommand {@code null} when only a compensation was seen
 * @param actionReply {@code null} while the action's outcome is not known
 * @param endingCommand the compensation or completion seen last, or {@code null}
 * @param endingReply {@code null} while neither was done
 * @param busyUntil an action with effects elsewhere is at work, for no longer than this; {@code null}: none is
 */
record InboxRow(
        SagaId sagaId,
        Step step,
        InboxState state,
        String actionCommand,
        SagaReply actionReply,
        String endingCommand,
        SagaReply endingReply,
        Instant busyUntil) {

    static InboxRow started(SagaCommand action) {
        return new InboxRow(
                action.sagaId(), action.step(), InboxState.STARTED, action.command(), null, null, null, null);
    }

    static InboxRow barred(SagaCommand compensation) {
        return new InboxRow(
                compensation.sagaId(),
                compensation.step(),
                InboxState.BARRED,
                null,
                null,
                compensation.command(),
                SagaReply.success(compensation, null),
                null);
    }

    InboxRow busy(Instant until) {
        return new InboxRow(sagaId, step, state, actionCommand, actionReply, endingCommand, endingReply, until);
    }

    InboxRow answered(InboxState next, SagaReply reply) {
        return new InboxRow(sagaId, step, next, actionCommand, reply, endingCommand, endingReply, null);
    }

    InboxRow compensating(SagaCommand compensation) {
        return new InboxRow(
                sagaId, step, InboxState.COMPENSATING, actionCommand, actionReply, compensation.command(), null, null);
    }

    InboxRow ended(InboxState next, SagaCommand ending, SagaReply reply) {
        return new InboxRow(sagaId, step, next, actionCommand, actionReply, ending.command(), reply, null);
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
        if (actionCommand != null && !actionCommand.equals(command.command())) {
            throw new IllegalStateException(
                    "%s is refused: step %s of saga %s belongs to %s and is %s. Give each command a step of its own"
                            .formatted(command.command(), step, sagaId, actionCommand, state));
        }
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
            case STARTED, REJECTED, BARRED, COMPENSATING, COMPENSATED ->
                throw new IllegalStateException(
                        "%s is refused: step %s of saga %s is %s, and only a step that is DONE can be completed. Nothing changed"
                                .formatted(command.command(), step, sagaId, state));
        };
    }

    private static Answer duplicate(SagaReply recorded) {
        return new Answer(recorded, ParticipantEvent.Kind.DUPLICATE);
    }
}
