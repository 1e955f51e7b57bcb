package dev.caravan.saga.kafka;

import dev.caravan.saga.message.Phase;
import dev.caravan.saga.message.Question;
import dev.caravan.saga.message.SagaCommand;

/** Where compensations are sent. A participant of Caravan's takes them from either. */
public enum CompensationTopic {
    /** {@code compensation-commands}, which all services read. */
    SHARED,
    /** {@code <service>-commands}, with the service's actions: only the header {@value Phase#HEADER} tells them apart. */
    SERVICE;

    /** To which topic a command is sent. */
    public String of(SagaCommand command) {
        return Question.isOne(command) || this == SHARED && command.phase() == Phase.COMPENSATION
                ? Topics.COMPENSATION_COMMANDS
                : Topics.commandsOf(command.service());
    }
}
