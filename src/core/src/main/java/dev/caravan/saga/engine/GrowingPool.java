package dev.caravan.saga.engine;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A pool for tasks of which some block: a few threads, and more, up to a limit, while tasks wait and others have been at
 * work for longer than one that does not block. A thread for each task would be woken for each, which costs more than most
 * of them do. Nobody says beforehand whether a task blocks; it is looked at while any waits, or there are more threads.
 */
final class GrowingPool extends ThreadPoolExecutor {

    static final long BLOCKS_MILLIS = 10;

    private static final Logger LOGGER = LoggerFactory.getLogger(GrowingPool.class);
    private static final long SOON_MILLIS = 5;
    private static final long LATER_MILLIS = 50;
    private static final int LOOKS_BEFORE_LESS = 40;

    private final Map<Thread, Long> begun = new ConcurrentHashMap<>();
    private final AtomicBoolean isWatched = new AtomicBoolean();
    private final ScheduledExecutorService watch;
    private final LongSupplier nanoTime;
    private final int fewest;
    private final int most;
    private int looksWithMoreThanNeeded;
    private boolean isFull;

    /** @param watch looks at the pool, and is shut down with it */
    GrowingPool(int fewest, int most, ThreadFactory factory, ScheduledExecutorService watch, LongSupplier nanoTime) {
        super(fewest, fewest, 30, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), factory, (task, pool) -> {
            throw new RejectedExecutionException("The application is stopping");
        });
        allowCoreThreadTimeOut(true);
        this.fewest = fewest;
        this.most = most;
        this.watch = watch;
        this.nanoTime = nanoTime;
    }

    @Override
    public void execute(Runnable task) {
        super.execute(task);
        watchWhileAnyWaits();
    }

    private void watchWhileAnyWaits() {
        if (!getQueue().isEmpty() && isWatched.compareAndSet(false, true)) {
            lookIn(SOON_MILLIS);
        }
    }

    private void lookIn(long millis) {
        if (!isShutdown()) {
            watch.schedule(this::look, millis, TimeUnit.MILLISECONDS);
        }
    }

    private void look() {
        boolean waits = !getQueue().isEmpty();
        int blocked = blocked();
        if (waits && blocked > 0) {
            grow(blocked);
        } else {
            shrink(blocked);
        }
        if (waits || getCorePoolSize() > fewest) {
            lookIn(waits ? SOON_MILLIS : LATER_MILLIS);
        } else {
            isWatched.set(false);
            watchWhileAnyWaits();
        }
    }

    /** By twice as many as block: those that come may block, too. */
    private void grow(int blocked) {
        looksWithMoreThanNeeded = 0;
        int wanted = Math.min(most, fewest + 2 * blocked);
        if (wanted > getCorePoolSize()) {
            setMaximumPoolSize(wanted);
            setCorePoolSize(wanted);
        }
        if (blocked >= most && !isFull) {
            LOGGER.warn(
                    "All {} threads for routes are at work: what comes now waits. caravan.route-threads sets their number",
                    most);
        }
        isFull = blocked >= most;
    }

    private void shrink(int blocked) {
        int wanted = Math.min(most, fewest + blocked);
        looksWithMoreThanNeeded = wanted < getCorePoolSize() ? looksWithMoreThanNeeded + 1 : 0;
        if (looksWithMoreThanNeeded > LOOKS_BEFORE_LESS) {
            looksWithMoreThanNeeded = 0;
            setCorePoolSize(wanted);
            setMaximumPoolSize(wanted);
        }
    }

    private int blocked() {
        long before = nanoTime.getAsLong() - TimeUnit.MILLISECONDS.toNanos(BLOCKS_MILLIS);
        return (int) begun.values().stream().filter(at -> at - before <= 0).count();
    }

    @Override
    protected void beforeExecute(Thread thread, Runnable task) {
        begun.put(thread, nanoTime.getAsLong());
    }

    @Override
    protected void afterExecute(Runnable task, @Nullable Throwable failure) {
        begun.remove(Thread.currentThread());
    }

    @Override
    protected void terminated() {
        watch.shutdownNow();
    }
}
