package dev.caravan.saga;

/** Where a saga as a whole is. The transitions between these are {@code SagaStateMachine}'s. */
public enum SagaStatus {
    /** Known by name only; nothing has started. */
    INITIAL,
    /** Its steps are being taken. */
    EXECUTING,
    /** It was decided that it completes; completion callbacks still run. It can no longer be compensated. */
    COMPLETING,
    /** Every step took effect. Terminal. */
    COMPLETED,
    /** Its steps are being undone in reverse order. */
    COMPENSATING,
    /** None of its effects is left. Terminal. */
    COMPENSATED,
    /** A compensation or completion could not be done; a person has to act. Terminal until an operator acts. */
    FAILED;

    /** True when no program moves the saga on from here. */
    public boolean isTerminal() {
        return this == COMPLETED || this == COMPENSATED || this == FAILED;
    }
}
