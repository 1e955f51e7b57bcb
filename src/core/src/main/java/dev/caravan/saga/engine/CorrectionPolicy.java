package dev.caravan.saga.engine;

/** When corrected data for a compensation or completion is sent. */
public enum CorrectionPolicy {
    /** When an operator gives it. */
    AT_ONCE,
    /** When another operator confirms it. */
    CONFIRMED
}
