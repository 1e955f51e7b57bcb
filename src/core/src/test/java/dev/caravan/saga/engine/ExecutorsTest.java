package dev.caravan.saga.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ExecutorsTest {

    private static final int THREADS = 3;
    private static final int TASKS = 50;
    private static final int JAVA_WITH_POOLS = 17;

    private ExecutorService executor;
    private final CountDownLatch end = new CountDownLatch(1);
    private final AtomicInteger atWork = new AtomicInteger();
    private final AtomicInteger most = new AtomicInteger();
    private final AtomicInteger done = new AtomicInteger();

    @AfterEach
    void stop() {
        end.countDown();
        if (executor != null) {
            executor.shutdown();
        }
    }

    private void blockWithManyTasks(ExecutorService threads) {
        executor = threads;
        for (int task = 0; task < TASKS; task++) {
            executor.execute(() -> {
                most.accumulateAndGet(atWork.incrementAndGet(), Math::max);
                awaitTheEnd();
                atWork.decrementAndGet();
                done.incrementAndGet();
            });
        }
    }

    private void awaitTheEnd() {
        try {
            end.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @ParameterizedTest
    @CsvSource({"17, false", "21, false", "23, false", "24, true", "25, true"})
    void areVirtualOnlyWhereBlockingHoldsNoThreadOfTheSystem(int java, boolean virtual) {
        assertThat(Executors.areVirtual(java)).isEqualTo(virtual);
    }

    @Test
    @EnabledForJreRange(min = JRE.JAVA_24, disabledReason = "A virtual thread of this JVM may hold one of the system")
    void giveEachBlockingTaskAThreadWhereThreadsAreVirtual() {
        blockWithManyTasks(Executors.blocking("test", THREADS));

        await().until(() -> atWork.get() == TASKS);
    }

    @Test
    void shareAFewThreadsAmongBlockingTasksElsewhere() {
        blockWithManyTasks(Executors.blocking("test", THREADS, JAVA_WITH_POOLS));
        await().until(() -> atWork.get() == THREADS);
        end.countDown();

        await().until(() -> done.get() == TASKS);
        assertThat(most).hasValue(THREADS);
    }
}
