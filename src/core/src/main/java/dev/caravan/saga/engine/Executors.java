package dev.caravan.saga.engine;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Thread pools. Their queues have no limit of their own; what may wait in them is limited by whoever submits: the
 * commands of a service by {@code caravan.participant.max-in-flight}.
 */
public final class Executors {

    private static final int MIN_THREADS = 4;
    private static final int NO_PINNING = 24;

    private Executors() {}

    /** For tasks that do not block: what follows an append or a reply. */
    public static ExecutorService small(String name) {
        return pool(name, few());
    }

    /**
     * For tasks that block, also in {@code synchronized}: a virtual thread for each where that does not hold a thread of
     * the system (Java 24), or else a pool of this size.
     */
    public static ExecutorService blocking(String name, int threads) {
        return blocking(name, threads, Runtime.version().feature());
    }

    private static int few() {
        return Math.max(MIN_THREADS, Runtime.getRuntime().availableProcessors());
    }

    static ExecutorService blocking(String name, int threads, int java) {
        return areVirtual(java) ? virtual() : pool(name, threads);
    }

    /** Like {@link #blocking}, for the routes of an application: the pool grows to this size when it has to. */
    public static RouteThreads routes(String name, int threads) {
        return RouteThreads.of(areVirtual(Runtime.version().feature()) ? virtual() : growing(name, threads));
    }

    private static ExecutorService growing(String name, int threads) {
        ScheduledExecutorService watch =
                java.util.concurrent.Executors.newSingleThreadScheduledExecutor(factory(name + "-watch"));
        return new GrowingPool(Math.min(few(), threads), threads, factory(name), watch, System::nanoTime);
    }

    /** Java 21 to 23 have virtual threads, too; a few that block in {@code synchronized} would stop all the others. */
    static boolean areVirtual(int java) {
        return java >= NO_PINNING;
    }

    private static ExecutorService virtual() {
        try {
            return (ExecutorService) java.util.concurrent.Executors.class
                    .getMethod("newVirtualThreadPerTaskExecutor")
                    .invoke(null);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("This JVM has no virtual threads", e);
        }
    }

    private static ThreadFactory factory(String name) {
        AtomicInteger count = new AtomicInteger();
        return task -> {
            Thread thread = new Thread(task, name + "-" + count.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        };
    }

    private static ExecutorService pool(String name, int threads) {
        ThreadPoolExecutor pool = new ThreadPoolExecutor(
                threads, threads, 30, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), factory(name));
        pool.allowCoreThreadTimeOut(true);
        return pool;
    }
}
