package dev.caravan.saga.spring;

import dev.caravan.saga.host.CommandSender;

/** Puts something around who sends commands. */
@FunctionalInterface
interface CommandSenderCustomizer {

    CommandSender customize(CommandSender sender);
}
