package dev.caravan.saga.test;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.Delayed;
import java.util.concurrent.FutureTask;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What is to be done later is done when the clock of the {@link World} says so; what is done again and again, in real time. */
final class WorldScheduler extends WorldPool implements ScheduledExecutorService {

    private final Supplier<World> world;
    private final Supplier<ScheduledExecutorService> realTime;
    private @Nullable ScheduledExecutorService again;

    WorldScheduler(Supplier<World> world, Supplier<ScheduledExecutorService> realTime) {
        super(world);
        this.world = world;
        this.realTime = realTime;
    }

    private static final class Later<T> extends FutureTask<T> implements ScheduledFuture<T> {

        private final Duration delay;
        private Runnable forget = () -> {};

        private Later(Callable<T> task, Duration delay) {
            super(task);
            this.delay = delay;
        }

        @Override
        public boolean cancel(boolean interrupt) {
            forget.run();
            return super.cancel(interrupt);
        }

        @Override
        public long getDelay(TimeUnit unit) {
            return unit.convert(delay);
        }

        @Override
        public int compareTo(Delayed other) {
            return Long.compare(getDelay(TimeUnit.NANOSECONDS), other.getDelay(TimeUnit.NANOSECONDS));
        }
    }

    @Override
    public <T> ScheduledFuture<T> schedule(Callable<T> task, long delay, TimeUnit unit) {
        Later<T> later = new Later<>(task, Duration.of(delay, unit.toChronoUnit()));
        World here = world.get();
        later.forget = here.schedule(here.current(), later.delay, later);
        return later;
    }

    @Override
    public ScheduledFuture<?> schedule(Runnable task, long delay, TimeUnit unit) {
        return schedule(java.util.concurrent.Executors.callable(task), delay, unit);
    }

    private synchronized ScheduledExecutorService again() {
        if (again == null) {
            again = realTime.get();
        }
        return again;
    }

    @Override
    public ScheduledFuture<?> scheduleAtFixedRate(Runnable task, long first, long period, TimeUnit unit) {
        return again().scheduleAtFixedRate(task, first, period, unit);
    }

    @Override
    public ScheduledFuture<?> scheduleWithFixedDelay(Runnable task, long first, long delay, TimeUnit unit) {
        return again().scheduleWithFixedDelay(task, first, delay, unit);
    }

    @Override
    public synchronized void shutdown() {
        if (again != null) {
            again.shutdownNow();
        }
    }
}
