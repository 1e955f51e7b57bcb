package dev.caravan.saga.monitoring;

import org.jspecify.annotations.Nullable;

/**
 * One step of all sagas of a name, in numbers. Durations are in ms, from when the step joined until its outcome was known, at
 * most a tenth too long; {@code null}: no outcome is known.
 *
 * @param version of the route that the sagas began with; {@code null}: it said none
 * @param joined how often it was taken
 * @param rejected a no, after which nothing took effect
 * @param undone how often it was compensated
 * @param givenUp how often its compensation or completion was given up
 */
public record StepFigure(
        String step,
        @Nullable String version,
        long joined,
        long succeeded,
        long rejected,
        long unknown,
        long timedOut,
        long undone,
        long givenUp,
        @Nullable Long p50Millis,
        @Nullable Long p95Millis,
        @Nullable Long p99Millis) {

    /** The part of those whose outcome is known that did not succeed; {@code null}: of none it is known. */
    public @Nullable Double failureRate() {
        long failed = rejected + unknown + timedOut;
        long all = failed + succeeded;
        return all == 0 ? null : (double) failed / all;
    }
}
