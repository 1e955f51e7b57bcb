package dev.caravan.saga.state;

import com.fasterxml.jackson.annotation.JsonInclude;
import org.jspecify.annotations.Nullable;

/**
 * Somebody has read what the application sent and got. Has no place in the saga's sequence and no effect.
 *
 * @param what was read of the saga
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record PayloadRead(@Required String what, @Nullable String who) implements SagaEvent.OfOperators {

    @Override
    public boolean standsBeside() {
        return true;
    }
}
