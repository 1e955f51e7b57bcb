package dev.caravan.saga.test;

import dev.caravan.saga.time.Timers;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.function.Supplier;

/** A process in a {@link World}: when it is dead, nothing that it would have done happens. */
public final class Instance implements Executor, Timers {

    private final World world;
    private final String name;
    private final List<Runnable> atDeath = new ArrayList<>();
    private boolean alive = true;
    private int acts;
    private int tasks;
    private int lastAct = Integer.MAX_VALUE;
    private boolean lastActHappens;

    public Instance(World world, String name) {
        this.world = world;
        this.name = name;
    }

    World world() {
        return world;
    }

    public boolean isAlive() {
        return alive;
    }

    public void die() {
        if (alive) {
            alive = false;
            atDeath.forEach(Runnable::run);
        }
    }

    void atDeath(Runnable work) {
        atDeath.add(work);
    }

    /** Dies right before its n-th append or dispatch from now on; the first is 0. */
    public void dieBefore(int n) {
        lastAct = acts + n;
        lastActHappens = false;
    }

    /** Dies right after its n-th append or dispatch from now on, before it learns of its success. */
    public void dieAfter(int n) {
        lastAct = acts + n;
        lastActHappens = true;
    }

    /** How many appends and dispatches it has made. */
    public int acts() {
        return acts;
    }

    /** How many tasks were handed to its threads. */
    public int tasks() {
        return tasks;
    }

    /** Makes an append or a dispatch. */
    void act(Runnable effect) {
        if (!alive) {
            return;
        }
        boolean last = acts == lastAct;
        if (!last || lastActHappens) {
            acts++;
            effect.run();
        }
        if (last) {
            die();
        }
    }

    /** What was submitted is done by any of its threads, in any order. */
    @Override
    public void execute(Runnable task) {
        if (alive) {
            tasks++;
            world.lane(this).add(task);
        }
    }

    @Override
    public Runnable schedule(Duration delay, Runnable task) {
        return alive ? world.schedule(this, delay, task) : () -> {};
    }

    @Override
    public Clock clock() {
        return new WorldClock(world::timeOfDay);
    }

    @Override
    public Clock steady() {
        return new WorldClock(world::now);
    }

    @Override
    public String toString() {
        return name;
    }

    private static final class WorldClock extends Clock {

        private final Supplier<Instant> now;

        private WorldClock(Supplier<Instant> now) {
            this.now = now;
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
            return now.get();
        }
    }
}
