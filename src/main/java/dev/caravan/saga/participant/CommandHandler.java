package dev.caravan.saga.participant;

import dev.caravan.saga.message.SagaCommand;
import dev.caravan.saga.message.SagaReply;

/** Does one command of a participant. Called concurrently for different sagas, in order for one. May block. */
@FunctionalInterface
public interface CommandHandler {

    /** @throws Exception technical trouble; the saga is told that the outcome is unknown */
    SagaReply handle(SagaCommand command) throws Exception;
}
