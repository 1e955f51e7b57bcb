package dev.caravan.saga.participant;

import dev.caravan.saga.message.SagaCommand;
import org.jspecify.annotations.Nullable;

/**
 * Something that happened to a command at a participant.
 *
 * @param service the participant
 * @param command {@code null} when the message could not be read
 * @param detail for a person; {@code null} when the kind says it all
 */
public record ParticipantEvent(
        Kind kind,
        String service,
        @Nullable SagaCommand command,
        @Nullable String detail) {

    /** What happened. */
    public enum Kind {
        /** The command was done before; the recorded reply was sent again. */
        DUPLICATE,
        /** An action came after its own compensation and was refused. */
        LATE,
        /** A compensation had nothing to undo: it came first, or the action was rejected. */
        EMPTY,
        /** The business said no. */
        REJECTED,
        /** The command failed for a technical reason and is tried again. */
        RETRIED,
        /** The message cannot be read or done and was kept as a dead letter. */
        DEAD_LETTER
    }

    static ParticipantEvent of(Kind kind, SagaCommand command) {
        return new ParticipantEvent(kind, command.service(), command, null);
    }
}
