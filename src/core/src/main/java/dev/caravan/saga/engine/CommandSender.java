package dev.caravan.saga.engine;

import dev.caravan.saga.message.SagaCommand;
import java.util.Map;
import java.util.concurrent.CompletionStage;

/** Brings a command to its participant. */
@FunctionalInterface
public interface CommandSender {

    /**
     * Sends without blocking.
     *
     * @param headers text to travel with it
     * @return completes when the command is durable; the participant may get it more than once
     */
    CompletionStage<Void> send(SagaCommand command, Map<String, String> headers);
}
