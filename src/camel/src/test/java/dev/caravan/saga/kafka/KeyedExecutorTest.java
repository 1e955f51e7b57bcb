package dev.caravan.saga.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class KeyedExecutorTest {

    private static final CompletableFuture<Void> DONE = CompletableFuture.completedFuture(null);

    private final ExecutorService threads = Executors.newFixedThreadPool(4);
    private final KeyedExecutor keyed = new KeyedExecutor(threads);

    @AfterEach
    void leavesNothingWaiting() {
        await().until(() -> keyed.size() == 0);
        threads.shutdown();
    }

    @Test
    void runsTheTasksOfAKeyInOrderAndOneAtATime() {
        Map<String, List<Integer>> done = new ConcurrentHashMap<>();
        Map<String, AtomicInteger> atWork = new ConcurrentHashMap<>();
        List<String> crowds = new CopyOnWriteArrayList<>();
        for (int task = 0; task < 200; task++) {
            int number = task;
            for (String key : List.of("order-1", "order-2", "order-3")) {
                keyed.submit(key, () -> {
                    AtomicInteger here = atWork.computeIfAbsent(key, name -> new AtomicInteger());
                    if (here.incrementAndGet() > 1) {
                        crowds.add(key);
                    }
                    done.computeIfAbsent(key, name -> new ArrayList<>()).add(number);
                    here.decrementAndGet();
                    return DONE;
                });
            }
        }
        await().until(() -> keyed.size() == 0);

        assertThat(crowds).isEmpty();
        assertThat(done).hasSize(3).allSatisfy((key, numbers) -> assertThat(numbers)
                .containsExactlyElementsOf(IntStream.range(0, 200).boxed().toList()));
    }

    @Test
    void runsDifferentKeysConcurrently() {
        CyclicBarrier together = new CyclicBarrier(2);
        AtomicInteger met = new AtomicInteger();
        for (String key : List.of("order-1", "order-2")) {
            keyed.submit(key, () -> {
                try {
                    together.await(10, TimeUnit.SECONDS);
                    met.incrementAndGet();
                    return DONE;
                } catch (Exception e) {
                    throw new IllegalStateException("The other key never came", e);
                }
            });
        }

        await().until(() -> met.get() == 2);
    }

    @Test
    void waitsForWhatATaskHasLeftToBeDone() {
        List<String> done = new CopyOnWriteArrayList<>();
        CompletableFuture<Void> later = new CompletableFuture<>();
        KeyedExecutor here = new KeyedExecutor(Runnable::run);

        here.submit("order-1", () -> later.thenRun(() -> done.add("first")));
        here.submit("order-1", () -> {
            done.add("second");
            return DONE;
        });
        here.submit("order-2", () -> {
            done.add("other");
            return DONE;
        });
        assertThat(done).containsExactly("other");
        assertThat(here.size()).isEqualTo(2);

        later.complete(null);
        assertThat(done).containsExactly("other", "first", "second");
        assertThat(here.size()).isZero();
    }

    @Test
    void goesOnAfterATaskThatFails() {
        List<String> done = new CopyOnWriteArrayList<>();
        KeyedExecutor here = new KeyedExecutor(task -> {
            try {
                task.run();
            } catch (IllegalStateException e) {
                done.add(e.getMessage());
            }
        });

        here.submit("order-1", () -> {
            here.submit("order-1", () -> {
                done.add("next");
                return DONE;
            });
            throw new IllegalStateException("failed");
        });

        assertThat(done).containsExactlyInAnyOrder("failed", "next");
        assertThat(here.size()).isZero();
    }
}
