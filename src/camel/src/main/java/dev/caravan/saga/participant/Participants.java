package dev.caravan.saga.participant;

import dev.caravan.saga.message.SagaCommand;
import dev.caravan.saga.message.SagaReply;
import java.util.concurrent.CompletableFuture;

/** Where the commands of the participants in this process are announced. */
public interface Participants {

    /**
     * From now on, commands for this service are taken, and those of this name handed to the handler.
     *
     * @throws IllegalStateException there is a handler for this command already
     */
    void add(String service, String command, CommandHandler handler);

    /** No longer hands this command over. With the last command of a service, none are taken any more. */
    void remove(String service, String command);

    /**
     * Hands a command to its handler in this process, without Kafka; on a thread that may block.
     *
     * @return the reply; fails when the handler fails, or when there is none
     */
    CompletableFuture<SagaReply> call(SagaCommand command);
}
