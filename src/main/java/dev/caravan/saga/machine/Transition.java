package dev.caravan.saga.machine;

/** What moves a saga from one status to the next. The second group is Caravan's extension. */
public enum Transition {
    START,
    /** A step succeeded. */
    SUCCESS,
    COMPLETE,
    FAIL,
    TIMEOUT,
    /** A step was compensated. */
    COMPENSATE_SUCCESS,
    COMPENSATE_COMPLETE,
    COMPENSATE_FAIL,

    /** It was decided that the saga completes. */
    CLOSE,
    /** The completion callback of a step was done. */
    COMPLETE_SUCCESS,
    /** An operator has the compensations tried again. */
    RETRY,
    /** An operator undid by hand what was left. */
    RESOLVE
}
