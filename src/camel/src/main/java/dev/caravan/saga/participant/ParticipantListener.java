package dev.caravan.saga.participant;

/**
 * Hears of what a participant's commands come to apart from plain success, to count it. Called on the thread that works
 * on the command, after what it tells of is durable. Must not block and must not throw.
 */
@FunctionalInterface
public interface ParticipantListener {

    /** Hears nothing. */
    ParticipantListener NONE = event -> {};

    void onEvent(ParticipantEvent event);
}
