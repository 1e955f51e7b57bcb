package dev.caravan.saga.spring;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Wrong passwords in a row, of one sender or for one name. After some, the next attempt has to wait, and twice as long
 * after each more. An attempt counts as wrong from its beginning until it was right, so that many at the same time are
 * slowed as one after the other are. Keeps the last ten thousand; may be used by many threads.
 */
final class LoginAttempts {

    private static final int MOST = 10_000;
    private static final Duration FIRST = Duration.ofSeconds(1);
    private static final int MOST_DOUBLINGS = 20;

    private record Row(int wrong, Instant next) {}

    private final Clock steady;
    private final int free;
    private final Duration longest;
    private final Map<String, Row> rows = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Row> eldest) {
            return size() > MOST;
        }
    };

    /** @param free how many may be wrong before the next one waits */
    LoginAttempts(Clock steady, int free, Duration longest) {
        this.steady = steady;
        this.free = free;
        this.longest = longest;
    }

    /** @return how long to wait; zero: the password may be looked at, and counts as wrong until {@link #right} */
    synchronized Duration begin(String key) {
        Instant now = steady.instant();
        Row row = rows.getOrDefault(key, new Row(0, now));
        if (row.next().isAfter(now)) {
            return Duration.between(now, row.next());
        }
        int wrong = row.wrong() + 1;
        rows.put(key, new Row(wrong, wrong < free ? now : now.plus(pause(wrong - free))));
        return Duration.ZERO;
    }

    private Duration pause(int doublings) {
        Duration pause = FIRST.multipliedBy(1L << Math.min(doublings, MOST_DOUBLINGS));
        return pause.compareTo(longest) > 0 ? longest : pause;
    }

    /** The password was right, or was not looked at. */
    synchronized void right(String key) {
        rows.remove(key);
    }

    synchronized int wrong(String key) {
        Row row = rows.get(key);
        return row == null ? 0 : row.wrong();
    }
}
