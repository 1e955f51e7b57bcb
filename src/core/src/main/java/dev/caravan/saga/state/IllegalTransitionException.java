package dev.caravan.saga.state;

import dev.caravan.saga.SagaId;
import dev.caravan.saga.SagaStatus;

/** What was asked of a saga is not possible in its state. Nothing was changed. */
public class IllegalTransitionException extends IllegalStateException {

    private static final long serialVersionUID = 1L;

    public IllegalTransitionException(SagaId sagaId, SagaStatus status, Transition transition) {
        super("Saga %s is %s: %s is not possible".formatted(sagaId, status, transition));
    }
}
