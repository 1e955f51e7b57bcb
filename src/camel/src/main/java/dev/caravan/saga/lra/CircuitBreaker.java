package dev.caravan.saga.lra;

import dev.caravan.saga.time.Backoff;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;

/**
 * Keeps requests back from a coordinator that does not answer, so that they fail at once and none of them waits for its
 * time-out. After each pause one request is let through; the pauses grow while it fails. Thread-safe.
 */
final class CircuitBreaker {

    private static final int FAILURES_UNTIL_OPEN = 3;

    private final Clock steady;
    private final Backoff pauses;
    private int failures;
    private Instant next = Instant.MIN;

    /** @param pauses its attempts are not counted */
    CircuitBreaker(Clock steady, Backoff pauses) {
        this.steady = steady;
        this.pauses = pauses;
    }

    /** @return how long no request is let through yet; zero: this one is */
    synchronized Duration admit() {
        Instant now = steady.instant();
        if (failures < FAILURES_UNTIL_OPEN) {
            return Duration.ZERO;
        }
        if (now.isBefore(next)) {
            return Duration.between(now, next);
        }
        pause(now); // only this one is let through until it is known how it went
        return Duration.ZERO;
    }

    /** The coordinator answered, whatever it said. */
    synchronized void answered() {
        failures = 0;
    }

    synchronized void notAnswered() {
        failures++;
        if (failures >= FAILURES_UNTIL_OPEN) {
            pause(steady.instant());
        }
    }

    private void pause(Instant from) {
        next = from.plus(pauses.delayAfter(failures - FAILURES_UNTIL_OPEN + 1));
    }
}
