package dev.caravan.saga.kafka;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;

/**
 * Lets the first few of each minute through and counts the others: what anybody can cause without end is not logged
 * without end. Thread-safe.
 */
public final class PerMinute {

    private static final Duration MINUTE = Duration.ofMinutes(1);

    private final Clock steady;
    private final int limit;
    private Instant begun = Instant.MIN;
    private int passed;
    private long heldBack;

    public PerMinute(Clock steady, int limit) {
        this.steady = steady;
        this.limit = limit;
    }

    /** @return false: there were enough in this minute */
    public synchronized boolean passes() {
        Instant now = steady.instant();
        if (now.isBefore(begun) || !now.isBefore(begun.plus(MINUTE))) {
            begun = now;
            passed = 0;
        }
        if (passed < limit) {
            passed++;
            return true;
        }
        heldBack++;
        return false;
    }

    /** How many did not pass since this was last asked. */
    public synchronized long takeHeldBack() {
        long all = heldBack;
        heldBack = 0;
        return all;
    }

    /** The end of a sentence that says how many did not pass; empty: none. */
    public String andMore() {
        long more = takeHeldBack();
        return more == 0 ? "" : " (and %d more, which are not named one by one)".formatted(more);
    }
}
