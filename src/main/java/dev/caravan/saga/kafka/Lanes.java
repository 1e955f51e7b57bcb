package dev.caravan.saga.kafka;

import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.Executor;

/** Runs tasks of one lane in order, of different lanes concurrently. Thread-safe. */
final class Lanes {

    private final Executor executor;
    private final Map<String, Queue<Runnable>> waiting = new HashMap<>();
    private int size;

    Lanes(Executor executor) {
        this.executor = executor;
    }

    void submit(String lane, Runnable task) {
        synchronized (this) {
            size++;
            Queue<Runnable> queue = waiting.get(lane);
            if (queue != null) {
                queue.add(task);
                return;
            }
            waiting.put(lane, new ArrayDeque<>());
        }
        executor.execute(() -> run(lane, task));
    }

    private void run(String lane, Runnable task) {
        try {
            task.run();
        } finally {
            Runnable next = next(lane);
            if (next != null) {
                executor.execute(() -> run(lane, next));
            }
        }
    }

    private synchronized Runnable next(String lane) {
        size--;
        Runnable next = waiting.get(lane).poll();
        if (next == null) {
            waiting.remove(lane);
        }
        return next;
    }

    /** Tasks that are not done. */
    synchronized int size() {
        return size;
    }
}
