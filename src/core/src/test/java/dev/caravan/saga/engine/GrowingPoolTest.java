package dev.caravan.saga.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class GrowingPoolTest {

    private static final int FEWEST = 2;
    private static final int MOST = 20;

    private final AtomicLong millis = new AtomicLong();
    private final AtomicInteger atWork = new AtomicInteger();
    private final AtomicInteger done = new AtomicInteger();
    private final CompletableFuture<Void> end = new CompletableFuture<>();
    private final Watch watch = new Watch();
    private final GrowingPool pool =
            new GrowingPool(FEWEST, MOST, Thread::new, watch, () -> TimeUnit.MILLISECONDS.toNanos(millis.get()));

    /** Looks when it is told to. */
    private static final class Watch extends ScheduledThreadPoolExecutor {

        private @Nullable Runnable look;

        Watch() {
            super(1);
        }

        @Override
        public synchronized ScheduledFuture<?> schedule(Runnable task, long delay, TimeUnit unit) {
            look = task;
            return super.schedule(() -> {}, 0, unit);
        }

        synchronized boolean isWaiting() {
            return look != null;
        }

        void look() {
            Runnable next;
            synchronized (this) {
                next = look;
                look = null;
            }
            if (next != null) {
                next.run();
            }
        }
    }

    @AfterEach
    void stop() {
        end.complete(null);
        pool.shutdown();
    }

    private void block(int tasks) {
        for (int task = 0; task < tasks; task++) {
            pool.execute(() -> {
                atWork.incrementAndGet();
                end.join();
                done.incrementAndGet();
            });
        }
    }

    private void lookAfterwards(int looks) {
        for (int i = 0; i < looks; i++) {
            millis.addAndGet(GrowingPool.BLOCKS_MILLIS);
            watch.look();
        }
    }

    @Test
    void takesFewThreadsForTasksThatDoNotBlock() {
        for (int task = 0; task < 1000; task++) {
            pool.execute(done::incrementAndGet);
            watch.look();
        }

        await().until(() -> done.get() == 1000);
        assertThat(pool.getLargestPoolSize()).isLessThanOrEqualTo(FEWEST);
    }

    @Test
    void growsWhileTasksWaitForOthersThatBlock() {
        block(MOST - 1);
        await().until(() -> atWork.get() == FEWEST);

        lookAfterwards(1);
        await().until(() -> atWork.get() == 3 * FEWEST);
        lookAfterwards(1);
        await().until(() -> atWork.get() == 7 * FEWEST);
        lookAfterwards(1);

        await().until(() -> atWork.get() == MOST - 1);
    }

    @Test
    void hasALimit() {
        block(MOST + 5);
        await().until(() -> {
            lookAfterwards(1);
            return atWork.get() == MOST;
        });
        lookAfterwards(3);
        assertThat(pool.getPoolSize()).isEqualTo(MOST);

        end.complete(null);

        await().until(() -> done.get() == MOST + 5);
    }

    @Test
    void hasFewThreadsAgainWhenNothingBlocksAndIsLeftAloneThen() {
        block(MOST);
        await().until(() -> {
            lookAfterwards(1);
            return atWork.get() == MOST;
        });
        end.complete(null);
        await().until(() -> done.get() == MOST);

        await().until(() -> {
            lookAfterwards(1);
            return !watch.isWaiting();
        });

        await().until(() -> pool.getPoolSize() <= FEWEST);
    }

    @Test
    void refusesWhatComesAfterItsEnd() {
        pool.shutdown();

        assertThatThrownBy(() -> pool.execute(() -> {}))
                .isInstanceOf(RejectedExecutionException.class)
                .hasMessage("The application is stopping");
    }
}
