package dev.caravan.saga.engine;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
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
        return pool(name, Math.max(MIN_THREADS, Runtime.getRuntime().availableProcessors()));
    }

    /** For tasks that block: a virtual thread for each where the JVM has them, or else a pool of this size. */
    public static ExecutorService blocking(String name, int threads) {
        try {
            return (ExecutorService) java.util.concurrent.Executors.class
                    .getMethod("newVirtualThreadPerTaskExecutor")
                    .invoke(null);
        } catch (ReflectiveOperationException e) {
            return pool(name, threads);
        }
    }

    /**
     * For the routes of an application, which may block, as long as they like and also in {@code synchronized}: a virtual
     * thread for each where that does not hold a thread of the system (Java 24), or else a pool that grows to this size.
     */
    public static RouteThreads routes(String name, int threads) {
        return RouteThreads.of(
                Runtime.version().feature() >= NO_PINNING
                        ? blocking(name, threads)
                        : GrowingPool.of(threads, factory(name)));
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
