package dev.caravan.saga.camel;

import dev.caravan.saga.state.SagaState;

/** The saga could not be undone and waits for an operator. */
public class SagaFailedException extends Exception {

    private static final long serialVersionUID = 1L;

    public SagaFailedException(SagaState state) {
        super("Saga %s %s is FAILED and waits for an operator: %s"
                .formatted(state.name(), state.sagaId(), state.problem()));
    }
}
