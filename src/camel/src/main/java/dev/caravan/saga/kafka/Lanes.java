package dev.caravan.saga.kafka;

import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Supplier;

/**
 * Runs tasks of one lane in order, of different lanes concurrently. A task has ended when its future is complete, well
 * or not. Thread-safe.
 */
final class Lanes {

    private final Executor executor;
    private final Map<String, Queue<Supplier<CompletableFuture<?>>>> waiting = new HashMap<>();
    private int size;

    Lanes(Executor executor) {
        this.executor = executor;
    }

    void submit(String lane, Supplier<CompletableFuture<?>> task) {
        synchronized (this) {
            size++;
            Queue<Supplier<CompletableFuture<?>>> queue = waiting.get(lane);
            if (queue != null) {
                queue.add(task);
                return;
            }
            waiting.put(lane, new ArrayDeque<>());
        }
        executor.execute(() -> run(lane, task));
    }

    private void run(String lane, Supplier<CompletableFuture<?>> task) {
        CompletableFuture<?> ended = CompletableFuture.completedFuture(null);
        try {
            ended = task.get();
        } finally {
            ended.whenComplete((done, failure) -> {
                Supplier<CompletableFuture<?>> next = next(lane);
                if (next != null) {
                    executor.execute(() -> run(lane, next));
                }
            });
        }
    }

    private synchronized Supplier<CompletableFuture<?>> next(String lane) {
        size--;
        Supplier<CompletableFuture<?>> next = waiting.get(lane).poll();
        if (next == null) {
            waiting.remove(lane);
        }
        return next;
    }

    /** Tasks that have not ended. */
    synchronized int size() {
        return size;
    }
}
