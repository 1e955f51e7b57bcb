package dev.caravan.saga.spring;

import dev.caravan.saga.engine.CommandSender;

/** Puts something around who sends commands. */
@FunctionalInterface
interface CommandSenderCustomizer {

    CommandSender customize(CommandSender sender);
}
