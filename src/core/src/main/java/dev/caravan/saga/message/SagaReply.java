package dev.caravan.saga.message;

import com.fasterxml.jackson.databind.JsonNode;
import dev.caravan.saga.SagaId;
import dev.caravan.saga.Step;

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
        String command,
        Status status,
        JsonNode result,
        String error,
        String code,
        Outcome outcome) {

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

    public static SagaReply success(SagaCommand command, JsonNode result) {
        return new SagaReply(
                command.sagaId(), command.step(), command.command(), Status.SUCCESS, result, null, null, null);
    }

    /** Nothing took effect, and nothing will. */
    public static SagaReply rejected(SagaCommand command, String code, String error) {
        return new SagaReply(
                command.sagaId(), command.step(), command.command(), Status.FAILED, null, error, code, null);
    }

    /** Technical trouble: the command may have taken effect. */
    public static SagaReply unknown(SagaCommand command, String error) {
        return new SagaReply(
                command.sagaId(), command.step(), command.command(), Status.FAILED, null, error, null, Outcome.UNKNOWN);
    }

    /** True when the participant said no and nothing took effect. */
    public boolean isRejection() {
        return status == Status.FAILED && outcome == null;
    }
}
