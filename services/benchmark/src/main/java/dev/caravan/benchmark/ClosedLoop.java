package dev.caravan.benchmark;

import java.time.Duration;
import java.util.Arrays;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

/** Keeps a number of sagas in flight: one starts when another has ended. */
final class ClosedLoop {

    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final int HUNDRED = 100;

    private final Sagas sagas;
    private final Load load;

    ClosedLoop(Sagas sagas, Load load) {
        this.sagas = sagas;
        this.load = load;
    }

    /** What runs one saga: completes with true when all its steps were done, with false when they were undone. */
    @FunctionalInterface
    interface Sagas {
        CompletableFuture<Boolean> run(String id, boolean rejected);
    }

    /**
     * What came of it.
     *
     * @param nanos from the first start to the last end
     * @param latencies of each saga from its start to its end, in nanoseconds, sorted
     */
    record Outcome(int sagas, int rejected, long nanos, long[] latencies) {

        double percentileMillis(double percentile) {
            int index = (int) Math.ceil(percentile / HUNDRED * latencies.length) - 1;
            return latencies[Math.max(0, index)] / 1e6;
        }
    }

    /**
     * Starts sagas until there were so many or the time is over, whichever comes first, and waits for their ends.
     *
     * @throws IllegalStateException a saga did not end, or not as it should
     */
    Outcome run(int atMostSagas, Duration atMost) throws InterruptedException {
        long[] latencies = new long[atMostSagas];
        Semaphore free = new Semaphore(load.inFlight());
        AtomicInteger ended = new AtomicInteger();
        AtomicReference<Throwable> trouble = new AtomicReference<>();
        long begin = System.nanoTime();
        int started = 0;
        int rejected = 0;
        while (started < atMostSagas && trouble.get() == null && System.nanoTime() - begin < atMost.toNanos()) {
            acquire(free, 1);
            boolean rejects = isRejected(started);
            rejected += rejects ? 1 : 0;
            started++;
            long from = System.nanoTime();
            sagas.run(UUID.randomUUID().toString(), rejects).whenComplete((completed, failure) -> {
                latencies[ended.getAndIncrement()] = System.nanoTime() - from;
                if (failure != null) {
                    trouble.compareAndSet(null, failure);
                } else if (completed == rejects) {
                    trouble.compareAndSet(
                            null,
                            new IllegalStateException("A saga that is rejected: " + rejects + " ended otherwise"));
                }
                free.release();
            });
        }
        acquire(free, load.inFlight());
        long nanos = System.nanoTime() - begin;
        if (trouble.get() != null) {
            throw new IllegalStateException("A saga went wrong", trouble.get());
        }
        long[] all = Arrays.copyOf(latencies, started);
        Arrays.sort(all);
        return new Outcome(started, rejected, nanos, all);
    }

    /** Spread evenly, so that each part of a run has its share. */
    private boolean isRejected(int number) {
        return (number + 1) * load.rejectedPercent() / HUNDRED > number * load.rejectedPercent() / HUNDRED;
    }

    private static void acquire(Semaphore free, int permits) throws InterruptedException {
        if (!free.tryAcquire(permits, PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
            throw new IllegalStateException("No saga has ended for " + PATIENCE.toSeconds() + " s");
        }
    }
}
