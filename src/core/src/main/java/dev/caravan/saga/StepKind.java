package dev.caravan.saga;

/** What may become of a step that took effect. */
public enum StepKind {
    /** It is undone when a later step fails. */
    COMPENSATABLE,
    /** The point of no return: once it has succeeded, its saga only goes forward. */
    PIVOT,
    /** A step after the pivot: it is tried until it succeeds. */
    RETRIABLE
}
