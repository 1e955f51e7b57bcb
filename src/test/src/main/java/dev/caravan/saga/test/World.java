package dev.caravan.saga.test;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * Instances, a saga log and messages between them, on one thread. One thing happens at a time; which of those that can
 * happen comes next is decided by a seed, or is the oldest. What has to keep its order is in one {@link Lane}.
 */
public final class World {

    static final Instant BEGIN = Instant.parse("2026-01-01T00:00:00Z");

    private final @Nullable Random random;
    private final List<Lane> busy = new ArrayList<>();
    private final PriorityQueue<Timer> timers =
            new PriorityQueue<>(Comparator.comparing(Timer::due).thenComparing(Timer::number));
    private Instant now;
    private Duration jumped = Duration.ZERO;
    private long count;
    private volatile long steps;
    private @Nullable Instance current;

    private record Task(long number, Runnable work) {}

    private record Timer(Instant due, long number, @Nullable Instance owner, Runnable work) {}

    private World(@Nullable Random random, Instant now) {
        this.random = random;
        this.now = now;
    }

    /** What can happen happens in the order in which it became possible. */
    public static World inOrder() {
        return inOrder(BEGIN);
    }

    static World inOrder(Instant now) {
        return new World(null, now);
    }

    /** What can happen happens in an order of chance, which is the same for the same seed. */
    public static World byChance(Random random) {
        return new World(random, BEGIN);
    }

    /** Things that happen one after another. Those of an instance that is dead do not happen. */
    public final class Lane {
        private final @Nullable Instance owner;
        private final Deque<Task> tasks = new ArrayDeque<>();

        private Lane(@Nullable Instance owner) {
            this.owner = owner;
        }

        public void add(Runnable work) {
            if (tasks.isEmpty()) {
                busy.add(this);
            }
            tasks.add(new Task(count++, work));
        }

        /** Forgets what has not happened, but for some of the first. */
        void keep(int howMany) {
            while (tasks.size() > howMany) {
                tasks.removeLast();
            }
            if (tasks.isEmpty()) {
                busy.remove(this);
            }
        }

        int size() {
            return tasks.size();
        }

        private void next(int index) {
            Task task = tasks.remove();
            if (tasks.isEmpty()) {
                busy.set(index, busy.get(busy.size() - 1));
                busy.remove(busy.size() - 1);
            }
            as(owner, task.work());
        }
    }

    public Lane lane() {
        return new Lane(null);
    }

    Lane lane(Instance owner) {
        return new Lane(owner);
    }

    /** Whose work is being done; {@code null}: nobody's. */
    public @Nullable Instance current() {
        return current;
    }

    /** Does something on behalf of an instance, unless that is dead. */
    public void as(@Nullable Instance instance, Runnable work) {
        if (instance != null && !instance.isAlive()) {
            return;
        }
        Instance before = current;
        current = instance;
        try {
            work.run();
        } finally {
            current = before;
        }
    }

    public Instant now() {
        return now;
    }

    /** The time of day of all instances jumps, as where the clock of a machine is set. Nothing becomes due by that. */
    public void jump(Duration forthOrBack) {
        jumped = jumped.plus(forthOrBack);
    }

    Instant timeOfDay() {
        return now.plus(jumped);
    }

    /** True with this probability in percent; never in a world that keeps to the order. */
    public boolean chance(int percent) {
        return random != null && random.nextInt(100) < percent;
    }

    /** One of so many; the last in a world that keeps to the order. */
    public int choose(int bound) {
        return random == null ? bound - 1 : random.nextInt(bound);
    }

    /** Lets one thing happen; false when nothing can without time going by. */
    public boolean step() {
        if (busy.isEmpty()) {
            return false;
        }
        steps++;
        int index = random == null ? oldest() : random.nextInt(busy.size());
        busy.get(index).next(index);
        return true;
    }

    /** How many things have happened. Safe for any thread. */
    long steps() {
        return steps;
    }

    private int oldest() {
        int oldest = 0;
        for (int i = 1; i < busy.size(); i++) {
            if (busy.get(i).tasks.peek().number()
                    < busy.get(oldest).tasks.peek().number()) {
                oldest = i;
            }
        }
        return oldest;
    }

    /** True when something can happen, now or later. */
    public boolean canGoOn() {
        return !busy.isEmpty() || !timers.isEmpty();
    }

    /** Runs until nothing is to be done and nothing waits for time to go by. */
    void runToTheEnd() {
        run();
        while (passTime()) {
            run();
        }
    }

    /** Lets everything happen that can without time going by. */
    public void run() {
        while (step()) {
            // until nothing is left
        }
    }

    Runnable schedule(@Nullable Instance owner, Duration delay, Runnable work) {
        Timer timer = new Timer(now.plus(delay), count++, owner, work);
        timers.add(timer);
        return () -> timers.remove(timer);
    }

    /** Something happens later, whoever is alive then. */
    public void later(Duration delay, Runnable work) {
        schedule(null, delay, work);
    }

    /** Lets time go by until the next thing that waits for it; false when none does. */
    public boolean passTime() {
        Timer due = timers.poll();
        if (due == null) {
            return false;
        }
        now = due.due().isAfter(now) ? due.due() : now;
        if (due.owner() == null) {
            due.work().run();
        } else {
            due.owner().execute(due.work());
        }
        return true;
    }

    /** Lets this much time go by, and everything happen that can on the way. */
    public void advance(Duration duration) {
        Instant end = now.plus(duration);
        run();
        while (!timers.isEmpty() && !timers.peek().due().isAfter(end)) {
            passTime();
            run();
        }
        now = end;
    }

    /** How many things wait for their time, those of dead instances aside. */
    public long waiting() {
        return timers.stream()
                .filter(timer -> timer.owner() == null || timer.owner().isAlive())
                .count();
    }
}
