package dev.caravan.saga.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
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

class LanesTest {

    private final ExecutorService threads = Executors.newFixedThreadPool(4);
    private final Lanes lanes = new Lanes(threads);

    @AfterEach
    void leavesNothingWaiting() {
        await().until(() -> lanes.size() == 0);
        threads.shutdown();
    }

    @Test
    void runsTheTasksOfALaneInOrderAndOneAtATime() {
        Map<String, List<Integer>> done = new ConcurrentHashMap<>();
        Map<String, AtomicInteger> atWork = new ConcurrentHashMap<>();
        List<String> crowds = new CopyOnWriteArrayList<>();
        for (int task = 0; task < 200; task++) {
            int number = task;
            for (String lane : List.of("order-1", "order-2", "order-3")) {
                lanes.submit(lane, () -> {
                    AtomicInteger here = atWork.computeIfAbsent(lane, name -> new AtomicInteger());
                    if (here.incrementAndGet() > 1) {
                        crowds.add(lane);
                    }
                    done.computeIfAbsent(lane, name -> new ArrayList<>()).add(number);
                    here.decrementAndGet();
                });
            }
        }
        await().until(() -> lanes.size() == 0);

        assertThat(crowds).isEmpty();
        assertThat(done).hasSize(3).allSatisfy((lane, numbers) -> assertThat(numbers)
                .containsExactlyElementsOf(IntStream.range(0, 200).boxed().toList()));
    }

    @Test
    void runsDifferentLanesConcurrently() {
        CyclicBarrier together = new CyclicBarrier(2);
        AtomicInteger met = new AtomicInteger();
        for (String lane : List.of("order-1", "order-2")) {
            lanes.submit(lane, () -> {
                try {
                    together.await(10, TimeUnit.SECONDS);
                    met.incrementAndGet();
                } catch (Exception e) {
                    throw new IllegalStateException("The other lane never came", e);
                }
            });
        }

        await().until(() -> met.get() == 2);
    }

    @Test
    void goesOnAfterATaskThatFails() {
        List<String> done = new CopyOnWriteArrayList<>();
        Lanes here = new Lanes(task -> {
            try {
                task.run();
            } catch (IllegalStateException e) {
                done.add(e.getMessage());
            }
        });

        here.submit("order-1", () -> {
            here.submit("order-1", () -> done.add("next"));
            throw new IllegalStateException("failed");
        });

        assertThat(done).containsExactlyInAnyOrder("failed", "next");
        assertThat(here.size()).isZero();
    }
}
