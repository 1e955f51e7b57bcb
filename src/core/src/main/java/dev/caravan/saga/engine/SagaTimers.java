package dev.caravan.saga.engine;

import dev.caravan.saga.state.SagaEvent;
import dev.caravan.saga.time.Timers;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.CompletableFuture;

/** What is to be done at a time, unless the saga has ended by then or goes on elsewhere. Holds no thread. */
public final class SagaTimers {

    private SagaTimers() {}

    /** Has something done after the delay. */
    public static void later(LiveSaga saga, Timers timers, Duration delay, Runnable task) {
        Runnable cancel = timers.schedule(delay, task);
        saga.ended().whenComplete((ended, moved) -> cancel.run());
    }

    /**
     * Limits the time of the saga. The earliest limit counts: a later one, such as that of a route that is run again, is
     * not written down.
     *
     * @param timeLimit in ms, from now; 0 or less: none
     * @param watch is called when the saga has a new deadline
     */
    public static CompletableFuture<Void> limit(LiveSaga saga, Clock clock, long timeLimit, Runnable watch) {
        if (timeLimit <= 0) {
            return CompletableFuture.completedFuture(null);
        }
        SagaEvent.Limit limit = limitAfter(clock, timeLimit);
        Instant known = saga.state().deadline();
        return known == null || limit.deadline().isBefore(known)
                ? saga.append(limit).thenRun(watch)
                : CompletableFuture.completedFuture(null);
    }

    /** @param timeLimit in ms, from now */
    public static SagaEvent.Limit limitAfter(Clock clock, long timeLimit) {
        return new SagaEvent.Limit(clock.instant().plusMillis(timeLimit).truncatedTo(ChronoUnit.MILLIS));
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
