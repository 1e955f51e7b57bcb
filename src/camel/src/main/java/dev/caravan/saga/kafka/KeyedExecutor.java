package dev.caravan.saga.kafka;

import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Runs tasks of one key in order, of different keys concurrently. A task has ended when its future is complete, well
 * or not. Thread-safe.
 */
final class KeyedExecutor {

    private final Executor executor;
    private final Map<String, Queue<Supplier<CompletableFuture<?>>>> waiting = new HashMap<>();
    private int size;

    KeyedExecutor(Executor executor) {
        this.executor = executor;
    }

    void submit(String key, Supplier<CompletableFuture<?>> task) {
        synchronized (this) {
            size++;
            Queue<Supplier<CompletableFuture<?>>> queue = waiting.get(key);
            if (queue != null) {
                queue.add(task);
                return;
            }
            waiting.put(key, new ArrayDeque<>());
        }
        executor.execute(() -> run(key, task));
    }

    private void run(String key, Supplier<CompletableFuture<?>> task) {
        CompletableFuture<?> ended = CompletableFuture.completedFuture(null);
        try {
            ended = task.get();
        } finally {
            ended.whenComplete((done, failure) -> {
                Supplier<CompletableFuture<?>> next = next(key);
                if (next != null) {
                    executor.execute(() -> run(key, next));
                }
            });
        }
    }

    private synchronized @Nullable Supplier<CompletableFuture<?>> next(String key) {
        size--;
        Supplier<CompletableFuture<?>> next =
                Objects.requireNonNull(waiting.get(key)).poll();
        if (next == null) {
            waiting.remove(key);
        }
        return next;
    }

    /** Tasks that have not ended. */
    synchronized int size() {
        return size;
    }
}
