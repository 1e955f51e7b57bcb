package dev.caravan.saga.message;

/** Why a participant is asked to do something. Travels in the header {@value #HEADER}. */
public enum Phase {
    /** The step itself. */
    ACTION,
    /** Undo the step: the saga failed. On the topic {@code compensation-commands} even without the header. */
    COMPENSATION,
    /** Make the step final: the saga completed. */
    COMPLETION;

    public static final String HEADER = "saga-phase";
}
