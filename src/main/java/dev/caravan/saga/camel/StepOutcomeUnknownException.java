package dev.caravan.saga.camel;

import dev.caravan.saga.message.SagaReply;

/** The participant gave up for a technical reason. The step may have taken effect; if the saga fails, it is compensated. */
public class StepOutcomeUnknownException extends Exception {

    private static final long serialVersionUID = 1L;

    StepOutcomeUnknownException(SagaReply reply) {
        super("Saga %s, step %s: %s".formatted(reply.sagaId(), reply.step(), reply.error()));
    }
}
