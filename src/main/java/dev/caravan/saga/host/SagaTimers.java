package dev.caravan.saga.host;

import java.time.Duration;
import java.time.Instant;

/** What is to be done at a time, unless the saga has ended by then or goes on elsewhere. Holds no thread. */
public final class SagaTimers {

    private SagaTimers() {}

    /** Has something done after the delay. */
    public static void later(LiveSaga saga, Timers timers, Duration delay, Runnable task) {
        Runnable cancel = timers.schedule(delay, task);
        saga.ended().whenComplete((ended, moved) -> cancel.run());
    }

    /**
     * Has something done when the saga's deadline passes, if it has one.
     *
     * @return true when it has passed already: it is done before this returns
     */
    public static boolean atDeadline(LiveSaga saga, Timers timers, Runnable late) {
        Instant deadline = saga.state().deadline();
        if (deadline == null || saga.ended().isDone()) {
            return false;
        }
        Duration left = Duration.between(timers.clock().instant(), deadline);
        if (left.isNegative() || left.isZero()) {
            late.run();
            return true;
        }
        later(saga, timers, left, late);
        return false;
    }
}
