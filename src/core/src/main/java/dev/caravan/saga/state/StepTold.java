package dev.caravan.saga.state;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.JsonNode;
import dev.caravan.saga.Step;
import org.jspecify.annotations.Nullable;

/**
 * What a participant holds of a step, for a {@link StepAsked}. Has no place in the saga's sequence and no effect.
 *
 * @param service that says so; {@code null}: it does not say which it is
 * @param held how far the step came there, for instance {@code DONE} or {@code NOTHING}
 * @param command that was done or refused; {@code null}: none is known
 * @param result of what was done
 * @param code with which it was refused; {@code null}: it was not, or with none
 * @param error why it was refused, or why the participant cannot tell
 * @param ending the compensation or completion that was seen last; {@code null}: none
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record StepTold(
        @Required Step step,
        @Required String question,
        @Nullable String service,
        @Required String held,
        @Nullable String command,
        @Nullable JsonNode result,
        @Nullable String code,
        @Nullable String error,
        @Nullable String ending)
        implements SagaEvent.OfOperators {

    @Override
    public boolean standsBeside() {
        return true;
    }

    /** As it is, but for what the participant answered. */
    public StepTold withoutResult() {
        return new StepTold(step, question, service, held, command, null, code, error, ending);
    }
}
