package dev.caravan.saga;

/** Where a saga as a whole is. The transitions between these are {@code SagaStateMachine}'s. */
public enum SagaStatus {
    /** The log says nothing of it that counts: it has not started. */
    INITIAL,
    /** Its steps are being taken. */
    EXECUTING,
    /** It was decided that it completes, and completions still run. It can no longer be compensated. */
    COMPLETING,
    /**
     * Every step that its route counts on took effect and is final; one that was rejected, or that the route went around,
     * left none. Or an operator has said that the rest was finished by hand. Terminal.
     */
    COMPLETED,
    /** Its steps are being undone, the one that was enlisted last first. */
    COMPENSATING,
    /** No step has an effect left: each was undone, or took none. Or an operator has said that the rest was undone by hand. Terminal. */
    COMPENSATED,
    /**
     * A compensation was given up, or a completion refused: an effect may be left, or something is not final. Stays so, in
     * memory and in the log, until an operator retries or resolves it.
     */
    FAILED;

    /** True when no program moves the saga on from here; from FAILED, an operator does. */
    public boolean isTerminal() {
        return isOver() || this == FAILED;
    }

    /** True when it has ended, and nobody has to act. */
    public boolean isOver() {
        return this == COMPLETED || this == COMPENSATED;
    }
}
