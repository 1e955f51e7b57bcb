package dev.caravan.saga.time;

import java.time.Duration;

/**
 * How long to wait before trying again: doubled each time, up to a limit.
 *
 * @param initial before the second attempt
 * @param maximum between two attempts
 * @param attempts how often to try in all; 0: for ever
 */
public record Backoff(Duration initial, Duration maximum, int attempts) {

    public Backoff {
        if (initial.isNegative() || maximum.compareTo(initial) < 0 || attempts < 0) {
            throw new IllegalArgumentException(
                    "A backoff needs 0 <= initial <= maximum and attempts >= 0, not %s, %s, %d"
                            .formatted(initial, maximum, attempts));
        }
    }

    /** True when there is no attempt after this many. */
    public boolean isUsedUp(int attemptsMade) {
        return attempts > 0 && attemptsMade >= attempts;
    }

    public Duration delayAfter(int attemptsMade) {
        Duration delay = initial;
        for (int i = 1; i < attemptsMade && delay.compareTo(maximum) < 0; i++) {
            delay = delay.multipliedBy(2);
        }
        return delay.compareTo(maximum) < 0 ? delay : maximum;
    }
}
