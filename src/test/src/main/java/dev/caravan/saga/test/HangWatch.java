package dev.caravan.saga.test;

import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Ends what would hang for ever: a route that waits on the test's thread, without a limit, for what only that thread could
 * do. It is interrupted, and the scenario fails.
 */
final class HangWatch {

    private static final int FRAMES = 12;
    private static final ScheduledExecutorService WATCH = Executors.newSingleThreadScheduledExecutor(work -> {
        Thread thread = new Thread(work, "saga-scenario-watch");
        thread.setDaemon(true);
        return thread;
    });

    private final Duration limit;
    private final World world;
    private volatile @Nullable String found;

    /** @param limit how long the thread may wait at one place */
    HangWatch(World world, Duration limit) {
        this.world = world;
        this.limit = limit;
    }

    /** @throws AssertionError the work waited, with where it did */
    void during(Runnable work) {
        Watched watched = new Watched(Thread.currentThread());
        Future<?> watching =
                WATCH.scheduleWithFixedDelay(watched, limit.toMillis(), limit.toMillis(), TimeUnit.MILLISECONDS);
        try {
            work.run();
        } finally {
            watching.cancel(true);
            if (found != null) {
                Thread.interrupted();
            }
        }
        if (found != null) {
            String where = found;
            found = null;
            throw new AssertionError(where);
        }
    }

    private final class Watched implements Runnable {

        private final Thread thread;
        private long steps = -1;

        private Watched(Thread thread) {
            this.thread = thread;
        }

        @Override
        public void run() {
            long now = world.steps();
            boolean waits = thread.getState() == Thread.State.WAITING && now == steps;
            steps = now;
            if (waits) {
                found =
                        ("A route waits on its thread, without a limit, for what this thread would have to do. In a scenario there"
                                        + " is one thread: let Camel wait (requestBody of a producer template), or test the route with a"
                                        + " broker. It waits at%n%s")
                                .formatted(Arrays.stream(thread.getStackTrace())
                                        .limit(FRAMES)
                                        .map(frame -> "  " + frame)
                                        .collect(Collectors.joining(System.lineSeparator())));
                thread.interrupt();
            }
        }
    }
}
