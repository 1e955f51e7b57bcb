package dev.caravan.saga.spring;

import dev.caravan.saga.engine.CommandSender;
import dev.caravan.saga.message.SagaCommand;
import java.util.function.Function;

/** Puts something around who sends commands. */
@FunctionalInterface
interface CommandSenderCustomizer {

    /** @param topic to which the sender sends a command */
    CommandSender customize(CommandSender sender, Function<SagaCommand, String> topic);
}
