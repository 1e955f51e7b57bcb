package dev.caravan.coordinator;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;

/**
 * A clock that only ever goes on, whatever becomes of the machine's: for pauses and limits within one process. What it shows
 * is near to the time of day when the process began, and means nothing to another one. Thread-safe.
 */
final class SteadyClock extends Clock {

    /** That of this process. */
    static final SteadyClock OF_PROCESS = new SteadyClock();

    private final Instant begin = Clock.systemUTC().instant();
    private final long zero = System.nanoTime();

    private SteadyClock() {}

    @Override
    public Instant instant() {
        return begin.plus(Duration.ofNanos(System.nanoTime() - zero));
    }

    @Override
    public ZoneId getZone() {
        return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
        throw new UnsupportedOperationException("This clock is in UTC");
    }
}
