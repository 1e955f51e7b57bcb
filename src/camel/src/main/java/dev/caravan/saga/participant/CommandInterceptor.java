package dev.caravan.saga.participant;

import dev.caravan.saga.message.SagaCommand;
import dev.caravan.saga.message.SagaReply;
import java.util.Map;

/**
 * Stands around each command that a participant does, on the thread that does it. One that is tried again is a new call,
 * and so is one that was done in a batch whose transaction was rolled back; in a batch, the commit comes after the call.
 */
@FunctionalInterface
public interface CommandInterceptor {

    /** Does the command by its handler, and nothing else. */
    CommandInterceptor NONE = (command, headers, handler) -> handler.handle(command);

    /**
     * @param headers that came with the command; from Kafka, also where it was, by the names of Camel's component {@code
     *     kafka}: {@code kafka.TOPIC}, {@code kafka.PARTITION}, {@code kafka.OFFSET}
     * @return what the handler returned
     * @throws Exception what the handler threw
     */
    SagaReply around(SagaCommand command, Map<String, String> headers, CommandHandler handler) throws Exception;
}
