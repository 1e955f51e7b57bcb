package dev.caravan.saga.camel;

import dev.caravan.saga.SagaId;
import dev.caravan.saga.Step;
import org.jspecify.annotations.Nullable;

/** A step could not be undone, and all attempts are used up. */
public class CompensationFailedException extends Exception {

    private static final long serialVersionUID = 1L;

    public CompensationFailedException(SagaId sagaId, Step step, @Nullable String error) {
        super("Saga %s: step %s could not be compensated: %s".formatted(sagaId, step, error));
    }
}
