package dev.caravan.saga.camel;

import dev.caravan.saga.engine.Intake;
import dev.caravan.saga.engine.TooManySagasException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;

/**
 * How many sagas are taken in, so that those that were taken end as their data say and not because a step's time is up.
 *
 * <p>Counted are sagas that were asked for in the last ten seconds and have not ended; one that takes longer waits for
 * something else than a turn. There may be as many as ended in the last five seconds, by which all that has a part in them
 * is measured: coordinator, log and participants; and a fixed number at least. Thread-safe.
 */
public final class StartLimit implements Intake {

    private static final long YOUNG = Duration.ofSeconds(10).toNanos();
    private static final long PACE = Duration.ofSeconds(5).toNanos();

    private final int atLeast;
    private final LongSupplier nanos;
    private final Set<Admission> young = new LinkedHashSet<>();
    private final Deque<Long> ends = new ArrayDeque<>();
    private long refused;

    /** @param atLeast so many are taken in any case; 0: there is no limit */
    public StartLimit(int atLeast) {
        this(atLeast, System::nanoTime);
    }

    StartLimit(int atLeast, LongSupplier nanos) {
        if (atLeast < 0) {
            throw new IllegalArgumentException(
                    "caravan.start-limit cannot be %d: it is a number, or 0".formatted(atLeast));
        }
        this.atLeast = atLeast;
        this.nanos = nanos;
    }

    public static StartLimit none() {
        return new StartLimit(0);
    }

    /** One saga that was taken in. */
    final class Admission implements Place {

        private final long since = nanos.getAsLong();

        @Override
        public void leave(boolean done) {
            synchronized (StartLimit.this) {
                expire();
                if (young.remove(this) && done) {
                    ends.add(nanos.getAsLong());
                }
            }
        }
    }

    /** For a saga whose time has come: it waits while there is no room. */
    @Override
    public synchronized Optional<Place> take() {
        expire();
        if (atLeast > 0 && young.size() >= limit()) {
            return Optional.empty();
        }
        Admission admission = new Admission();
        young.add(admission);
        return Optional.of(admission);
    }

    /**
     * For a saga that somebody asks for now.
     *
     * @throws TooManySagasException there are too many: nothing may be started
     */
    synchronized Place enter() {
        return take().orElseThrow(() -> {
            refused++;
            return new TooManySagasException(
                    "No saga is started here now: %d were asked for in the last 10 s and have not ended. Try again in some seconds, or ask another instance"
                            .formatted(young.size()));
        });
    }

    /** Sagas that may be in their first ten seconds now; 0: any number. */
    public synchronized int limit() {
        expire();
        return atLeast == 0 ? 0 : Math.max(atLeast, ends.size());
    }

    /** Sagas in their first ten seconds. */
    public synchronized int young() {
        expire();
        return young.size();
    }

    /** Starts that were refused, since this began. */
    public synchronized long refused() {
        return refused;
    }

    private void expire() {
        long now = nanos.getAsLong();
        var oldestFirst = young.iterator();
        while (oldestFirst.hasNext() && now - oldestFirst.next().since > YOUNG) {
            oldestFirst.remove();
        }
        while (!ends.isEmpty() && now - ends.peek() > PACE) {
            ends.remove();
        }
    }
}
