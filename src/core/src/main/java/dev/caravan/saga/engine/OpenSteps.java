package dev.caravan.saga.engine;

import dev.caravan.saga.Step;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What a saga's route is at in this instance: the blocks and commands of its steps that have begun and not ended,
 * what may come to a step, and the blocks that broke off. After a crash the route is run again, and it is known again. Thread-safe.
 */
public final class OpenSteps {

    private final List<Open> open = new ArrayList<>(2);
    private final Map<Step, BrokenOff> brokeOff = new HashMap<>(2);
    private long commandsBegun;

    OpenSteps() {}

    /**
     * A block that ended by a failure.
     *
     * @param within the steps that were begun within it; {@code null}: not known
     */
    public record BrokenOff(
            @Nullable String error, @Nullable List<Step> within) {}

    /** Something that has begun. */
    public final class Open {

        private final @Nullable Step step;
        private final String exchangeId;
        private final boolean command;
        private final CompletableFuture<Void> ended = new CompletableFuture<>();

        private Open(@Nullable Step step, String exchangeId, boolean command) {
            this.step = step;
            this.exchangeId = exchangeId;
            this.command = command;
        }

        /** Empty for what may come to a step. */
        public Optional<Step> step() {
            return Optional.ofNullable(step);
        }

        public String exchangeId() {
            return exchangeId;
        }

        /** True for a command, which ends by itself within its time-out. */
        public boolean isCommand() {
            return command;
        }

        /** Completes when it has ended, well or not. */
        public CompletableFuture<Void> ended() {
            return ended;
        }

        /** It has come to its end. */
        public void end() {
            close(this);
        }

        /** The block has ended by a failure: if the route goes on, it goes around this step. */
        public void breakOff(@Nullable String error, @Nullable List<Step> within) {
            broke(step, new BrokenOff(error, within));
            close(this);
        }
    }

    /** The block of a step begins. */
    public Open begin(Step step, String exchangeId) {
        return add(step, exchangeId, false);
    }

    /** A command of a step is about to be sent. */
    public Open command(Step step, String exchangeId) {
        return add(step, exchangeId, true);
    }

    /** A part of the route, for which the rest may not wait, may come to a step, or joins one. */
    public Open coming(String exchangeId) {
        return add(null, exchangeId, false);
    }

    private synchronized Open add(@Nullable Step step, String exchangeId, boolean command) {
        if (command) {
            commandsBegun++;
        } else {
            brokeOff.remove(step);
        }
        Open begun = new Open(step, exchangeId, command);
        open.add(begun);
        return begun;
    }

    private synchronized void broke(@Nullable Step step, BrokenOff how) {
        brokeOff.put(step, how);
    }

    private void close(Open ended) {
        synchronized (this) {
            open.remove(ended);
        }
        ended.ended.complete(null);
    }

    /** What has not ended, of those that the test takes. */
    public synchronized List<Open> which(Predicate<Open> test) {
        return open.stream().filter(test).toList();
    }

    /** How many commands have begun so far, so that who looks again sees that there was one meanwhile. */
    public synchronized long commandsBegun() {
        return commandsBegun;
    }

    /** How the block of the step broke off the last time; empty: it did not. */
    public synchronized Optional<BrokenOff> brokeOff(Step step) {
        return Optional.ofNullable(brokeOff.get(step));
    }

    /** True when no block broke off. */
    public synchronized boolean allWentWell() {
        return brokeOff.isEmpty();
    }
}
