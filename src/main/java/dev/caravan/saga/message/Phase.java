package dev.caravan.saga.message;

/** Why a participant is asked to do something. Travels in the header {@value #HEADER}. */
public enum Phase {
    /** The step itself. */
    ACTION,
    /** Undo the step: the saga failed. Always on the topic {@code compensation-commands}. */
    COMPENSATION,
    /** Make the step final: the saga completed. */
    COMPLETION;

    public static final String HEADER = "saga-phase";
}
