package dev.caravan.saga.engine;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedTransferQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A pool for tasks that block: a new thread when none is idle, up to a limit; beyond it, tasks wait. {@link
 * ThreadPoolExecutor} by itself would make a thread for each task, or let tasks wait while it could have more threads.
 */
final class GrowingPool {

    private static final Logger LOGGER = LoggerFactory.getLogger(GrowingPool.class);

    private GrowingPool() {}

    static ExecutorService of(int threads, ThreadFactory factory) {
        return new ThreadPoolExecutor(1, threads, 30, TimeUnit.SECONDS, new Waiting(), factory, GrowingPool::await);
    }

    /** All threads are at work. The one that does not time out takes what waits, if nobody else does. */
    private static void await(Runnable task, ThreadPoolExecutor pool) {
        if (pool.isShutdown()) {
            throw new RejectedExecutionException("The application is stopping");
        }
        Waiting waiting = (Waiting) pool.getQueue();
        if (waiting.isEmpty()) {
            LOGGER.warn(
                    "All {} threads for routes are at work: what comes now waits. caravan.route-threads sets their number",
                    pool.getMaximumPoolSize());
        }
        waiting.put(task);
    }

    /** Takes a task in only for a thread that is idle; what is put waits all the same. */
    private static final class Waiting extends LinkedTransferQueue<Runnable> {

        private static final long serialVersionUID = 1L;

        @Override
        public boolean offer(Runnable task) {
            return tryTransfer(task);
        }

        @Override
        public void put(Runnable task) {
            super.offer(task);
        }
    }
}
