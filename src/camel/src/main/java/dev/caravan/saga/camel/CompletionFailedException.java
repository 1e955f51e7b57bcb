package dev.caravan.saga.camel;

import dev.caravan.saga.SagaId;
import dev.caravan.saga.Step;

/** The participant refuses to complete a step, again and again. */
public final class CompletionFailedException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public CompletionFailedException(SagaId sagaId, Step step, Throwable cause) {
        super("Saga %s: step %s could not be completed: %s".formatted(sagaId, step, Failures.text(cause)), cause);
    }
}
