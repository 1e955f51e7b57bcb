package dev.caravan.saga.camel;

import dev.caravan.saga.SagaId;
import dev.caravan.saga.Step;
import org.jspecify.annotations.Nullable;

/** The participant gave up for a technical reason. The step may have taken effect; if the saga fails, it is compensated. */
public class StepOutcomeUnknownException extends Exception {

    private static final long serialVersionUID = 1L;

    StepOutcomeUnknownException(SagaId sagaId, Step step, @Nullable String error) {
        super("Saga %s, step %s: %s".formatted(sagaId, step, error));
    }
}
