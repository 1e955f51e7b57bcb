package dev.caravan.saga.engine;

import dev.caravan.saga.time.Timers;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** The exchanges that work on steps of one saga. Thread-safe. */
public final class Workers {

    private List<Worker> atWork = List.of();
    private @Nullable CompletableFuture<Void> over;

    private record Worker(String exchangeId, CompletableFuture<Void> done) {}

    Workers() {}

    /**
     * An exchange works on a step, until {@link #remove} is called for it.
     *
     * @return false when it is known to work already
     */
    public synchronized boolean add(String exchangeId) {
        if (find(exchangeId) != null) {
            return false;
        }
        atWork = SmallLists.plus(atWork, new Worker(exchangeId, new CompletableFuture<>()));
        return true;
    }

    private @Nullable Worker find(@Nullable String exchangeId) {
        return SmallLists.find(atWork, worker -> worker.exchangeId().equals(exchangeId));
    }

    /** The exchange no longer works on steps of this saga; {@code null} and unknown ones are ignored. */
    public void remove(@Nullable String exchangeId) {
        Worker worker;
        synchronized (this) {
            worker = find(exchangeId);
            if (worker == null) {
                return;
            }
            atWork = SmallLists.minus(atWork, worker);
        }
        worker.done().complete(null);
    }

    /**
     * Nobody begins to work any more.
     *
     * @return completes when none of those that work now does so any more, or after this time; asked again, at the same time
     */
    public synchronized CompletableFuture<Void> over(Timers timers, Duration most) {
        if (over == null) {
            over = timers.await(allDone(), most).thenAccept(inTime -> {});
        }
        return over;
    }

    private CompletableFuture<Void> allDone() {
        return CompletableFuture.allOf(atWork.stream().map(Worker::done).toArray(CompletableFuture[]::new));
    }
}
