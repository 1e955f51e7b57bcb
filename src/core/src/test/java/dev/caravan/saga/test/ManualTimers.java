package dev.caravan.saga.test;

import dev.caravan.saga.time.Timers;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Comparator;
import java.util.PriorityQueue;

/** Time that stands still until a test moves it. What is due runs on the thread that moves it. */
public final class ManualTimers implements Timers {

    private final PriorityQueue<Task> tasks =
            new PriorityQueue<>(Comparator.comparing(Task::due).thenComparing(Task::number));
    private Instant now = Instant.parse("2026-01-01T00:00:00Z");
    private Duration jumped = Duration.ZERO;
    private long count;

    private record Task(Instant due, long number, Runnable work) {}

    @Override
    public Clock clock() {
        return new ManualClock(true);
    }

    @Override
    public Clock steady() {
        return new ManualClock(false);
    }

    /** The time of day jumps, as that of a machine whose clock is set. Nothing becomes due by that. */
    public synchronized void jump(Duration forthOrBack) {
        jumped = jumped.plus(forthOrBack);
    }

    @Override
    public synchronized Runnable schedule(Duration delay, Runnable work) {
        Task task = new Task(now.plus(delay), count++, work);
        tasks.add(task);
        return () -> cancel(task);
    }

    private synchronized void cancel(Task task) {
        tasks.remove(task);
    }

    /** Moves the clock and runs what becomes due on the way, also what that schedules anew. */
    public void advance(Duration duration) {
        Instant end = now().plus(duration);
        for (Task due = next(end); due != null; due = next(end)) {
            due.work().run();
        }
        moveTo(end);
    }

    private synchronized Task next(Instant end) {
        if (tasks.isEmpty() || tasks.peek().due().isAfter(end)) {
            return null;
        }
        Task due = tasks.poll();
        moveTo(due.due());
        return due;
    }

    private synchronized void moveTo(Instant instant) {
        now = instant.isAfter(now) ? instant : now;
    }

    private synchronized Instant now() {
        return now;
    }

    private synchronized Instant timeOfDay() {
        return now.plus(jumped);
    }

    /** How many tasks wait. */
    public synchronized int size() {
        return tasks.size();
    }

    private final class ManualClock extends Clock {

        private final boolean jumps;

        private ManualClock(boolean jumps) {
            this.jumps = jumps;
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            throw new UnsupportedOperationException("This clock is in UTC");
        }

        @Override
        public Instant instant() {
            return jumps ? timeOfDay() : now();
        }
    }
}
