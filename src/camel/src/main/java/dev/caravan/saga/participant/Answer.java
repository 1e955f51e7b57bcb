package dev.caravan.saga.participant;

import dev.caravan.saga.message.SagaReply;
import org.jspecify.annotations.Nullable;

/**
 * A reply, and why it is that one.
 *
 * @param kind {@code null}: the command was done just now
 */
record Answer(SagaReply reply, ParticipantEvent.@Nullable Kind kind) {

    static Answer done(SagaReply reply) {
        return new Answer(reply, null);
    }
}
