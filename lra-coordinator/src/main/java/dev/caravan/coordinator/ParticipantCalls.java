package dev.caravan.coordinator;

/** Hears of each call to a participant when it has ended. */
@FunctionalInterface
interface ParticipantCalls {

    ParticipantCalls IGNORED = (status, nanos) -> {};

    /** @param status of HTTP; 0 when there was no answer */
    void ended(int status, long nanos);
}
