package dev.caravan.saga.message;

import com.fasterxml.jackson.databind.JsonNode;
import dev.caravan.saga.SagaId;
import dev.caravan.saga.Step;
import org.jspecify.annotations.Nullable;

/**
 * A participant's answer. The value of {@code saga-replies}.
 *
 * @param command the command that is answered; {@code null}: the one outstanding command of that step
 * @param result the outcome of a SUCCESS, any JSON or {@code null}
 * @param error why a FAILED was answered, for a person
 * @param code why a FAILED was answered, for a program, for instance {@code CARD_DECLINED}; may be {@code null}
 * @param outcome {@code null}: a FAILED took no effect; {@link Outcome#UNKNOWN}: it may have taken effect
 */
public record SagaReply(
        SagaId sagaId,
        Step step,
        @Nullable String command,
        Status status,
        @Nullable JsonNode result,
        @Nullable String error,
        @Nullable String code,
        @Nullable Outcome outcome) {

    /** The code of a reply to a compensation that has to wait for its action. */
    public static final String STEP_AT_WORK = "STEP_AT_WORK";

    /**
     * The header of a compensation whose sender understands {@link #STEP_AT_WORK}: it asks again, and counts no attempt.
     * Without it, the participant answers when it is done.
     */
    public static final String WAITS_HEADER = "saga-waits";

    /** How a command ended. */
    public enum Status {
        SUCCESS,
        FAILED
    }

    /** What a FAILED leaves open. */
    public enum Outcome {
        /** A technical failure whose attempts are used up: the command may have taken effect. */
        UNKNOWN
    }

    public static SagaReply success(SagaCommand command, @Nullable JsonNode result) {
        return new SagaReply(
                command.sagaId(), command.step(), command.command(), Status.SUCCESS, result, null, null, null);
    }

    /** Nothing took effect, and nothing will. */
    public static SagaReply rejected(SagaCommand command, @Nullable String code, @Nullable String error) {
        return new SagaReply(
                command.sagaId(), command.step(), command.command(), Status.FAILED, null, error, code, null);
    }

    /** Technical trouble: the command may have taken effect. */
    public static SagaReply unknown(SagaCommand command, @Nullable String error) {
        return new SagaReply(
                command.sagaId(), command.step(), command.command(), Status.FAILED, null, error, null, Outcome.UNKNOWN);
    }

    /** A compensation did not come to act: the action that it is to undo is still at work. Nothing changed. */
    public static SagaReply atWork(SagaCommand command, @Nullable String error) {
        return new SagaReply(
                command.sagaId(),
                command.step(),
                command.command(),
                Status.FAILED,
                null,
                error,
                STEP_AT_WORK,
                Outcome.UNKNOWN);
    }

    /** True for {@link #atWork}. */
    public boolean isAtWork() {
        return outcome == Outcome.UNKNOWN && STEP_AT_WORK.equals(code);
    }

    /** True when the participant said no and nothing took effect. */
    public boolean isRejection() {
        return status == Status.FAILED && outcome == null;
    }
}
