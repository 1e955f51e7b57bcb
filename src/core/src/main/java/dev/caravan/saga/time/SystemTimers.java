package dev.caravan.saga.time;

import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Real time. One thread waits; tasks run on the given executor. */
public final class SystemTimers implements Timers, AutoCloseable {

    private static final Duration LONGEST = Duration.ofDays(36_500);
    private static final Logger LOGGER = LoggerFactory.getLogger(SystemTimers.class);

    private final Clock clock;
    private final Executor executor;
    private final ScheduledThreadPoolExecutor scheduler;

    public SystemTimers(Clock clock, Executor executor) {
        this.clock = clock;
        this.executor = executor;
        this.scheduler = new ScheduledThreadPoolExecutor(1, task -> {
            Thread thread = new Thread(task, "caravan-timers");
            thread.setDaemon(true);
            return thread;
        });
        scheduler.setRemoveOnCancelPolicy(true);
        scheduler.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    }

    @Override
    public Clock clock() {
        return clock;
    }

    @Override
    public Clock steady() {
        return SteadyClock.OF_PROCESS;
    }

    @Override
    public Runnable schedule(Duration delay, Runnable task) {
        if (scheduler.isShutdown()) {
            LOGGER.debug("Not scheduled while stopping; what is in the log goes on after the next start");
            return () -> {};
        }
        Future<?> scheduled = scheduler.schedule(() -> executor.execute(task), millis(delay), TimeUnit.MILLISECONDS);
        return () -> scheduled.cancel(false);
    }

    /** A time that never comes may be farther away than can be counted. */
    private static long millis(Duration delay) {
        return delay.compareTo(LONGEST) > 0 ? LONGEST.toMillis() : Math.max(0, delay.toMillis());
    }

    @Override
    public void close() {
        scheduler.shutdownNow();
    }
}
