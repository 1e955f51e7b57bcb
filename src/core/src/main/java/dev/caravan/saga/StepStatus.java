package dev.caravan.saga;

/** Where one step of a saga is. */
public enum StepStatus {
    /** It has joined the saga and may be at work. */
    ENLISTED(true),
    /** It took effect and its result is in the log. */
    SUCCEEDED(true),
    /** The participant said no; nothing took effect. */
    REJECTED(false),
    /** Technical trouble; it may have taken effect. */
    UNKNOWN(true),
    /** No reply came within its time-out; it may have taken effect. */
    TIMED_OUT(true),
    /** Its completion callback was done. */
    COMPLETED(false),
    /** It was undone. */
    COMPENSATED(false),
    /** Undoing it was given up; a person has to act. */
    COMPENSATION_FAILED(true),
    /** It took effect, and making it final was given up; a person has to act. */
    COMPLETION_FAILED(false);

    private final boolean mayHaveTakenEffect;

    StepStatus(boolean mayHaveTakenEffect) {
        this.mayHaveTakenEffect = mayHaveTakenEffect;
    }

    /** True when a compensation of the saga has to undo the step. */
    public boolean needsCompensation() {
        return mayHaveTakenEffect;
    }

    /** True when its compensation or its completion was given up: a person has to act. */
    public boolean wasGivenUp() {
        return this == COMPENSATION_FAILED || this == COMPLETION_FAILED;
    }
}
