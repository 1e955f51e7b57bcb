package dev.caravan.saga.time;

import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/** Time: what it is, and something to be done later. Tests hand in one that they move. */
public interface Timers {

    /** The time of day, which all machines share: for what is written down and read elsewhere or after a crash. It may jump. */
    Clock clock();

    /** What goes on without jumping: for pauses and limits within this process. */
    Clock steady();

    /**
     * Runs a task after a delay, on a thread that it must not block. There is no limit to the number of tasks that wait.
     *
     * @return cancels the task if it has not begun; safe to call at any time
     */
    Runnable schedule(Duration delay, Runnable task);

    /** Waits for something, but not for longer than the timeout; {@code true}: it came, well or not. */
    default CompletableFuture<Boolean> await(CompletableFuture<?> something, Duration timeout) {
        CompletableFuture<Boolean> came = new CompletableFuture<>();
        if (something.isDone()) {
            came.complete(true);
            return came;
        }
        Runnable cancel = schedule(timeout, () -> came.complete(false));
        something.whenComplete((done, failure) -> {
            cancel.run();
            came.complete(true);
        });
        return came;
    }
}
