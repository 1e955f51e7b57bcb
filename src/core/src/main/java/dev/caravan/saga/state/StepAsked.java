package dev.caravan.saga.state;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.caravan.saga.Step;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An operator asks the participants what they hold of a step. Has no place in the saga's sequence and no effect; who has the
 * saga's partition asks them, at least once, or never if it dies by then.
 *
 * @param question tells the answers to this from those to others
 * @param commands that the step sent or may have sent: who knows one of them answers also if nothing came
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record StepAsked(
        @Required Step step,
        @Required String question,
        List<String> commands,
        @Nullable String who,
        @Nullable String reason)
        implements SagaEvent.OfOperators {

    public StepAsked {
        commands = commands == null ? List.of() : List.copyOf(commands);
    }

    @Override
    public boolean standsBeside() {
        return true;
    }
}
