package dev.caravan.coordinator;

import com.arjuna.ats.arjuna.common.Uid;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Replays several LRAs at a time, each of them once at a time, so that a participant that hangs does not hold up the
 * sagas it has no part in. An LRA that did not end is due again after a delay that doubles from the first to the
 * longest.
 */
final class Replays {

    private static final Logger LOGGER = LoggerFactory.getLogger(Replays.class);

    /** Runs something later. */
    @FunctionalInterface
    interface Later {
        void run(Runnable task, Duration delay);
    }

    private record Attempt(Duration delay, Instant next, Instant since) {}

    private final Executor executor;
    private final Later later;
    private final Clock steady;
    private final Duration firstDelay;
    private final Duration longestDelay;
    private final Map<Uid, CompletableFuture<Void>> running = new HashMap<>();
    private final Map<Uid, Attempt> attempts = new HashMap<>();
    private final Set<Uid> askedMeanwhile = new HashSet<>();

    Replays(Executor executor, Later later, Clock steady, Duration firstDelay, Duration longestDelay) {
        this.executor = executor;
        this.later = later;
        this.steady = steady;
        this.firstDelay = firstDelay;
        this.longestDelay = longestDelay;
    }

    /**
     * Runs a replay in the background, unless one of this LRA is running already or the next one is not due yet.
     *
     * @param replay returns whether nothing is left to do; an exception counts as not ended
     */
    synchronized void submit(Uid uid, boolean dueOrNot, BooleanSupplier replay) {
        if (running.containsKey(uid) || !dueOrNot && !isDue(uid)) {
            return;
        }
        CompletableFuture<Void> end = new CompletableFuture<>();
        running.put(uid, end);
        try {
            executor.execute(() -> run(uid, replay, end));
        } catch (RuntimeException e) {
            running.remove(uid);
            throw e;
        }
    }

    /**
     * Runs a replay in the background, due or not. If one of this LRA is running already, which may have passed the
     * participant that is done now, another one follows it at once.
     */
    synchronized void submitNow(Uid uid, BooleanSupplier replay) {
        if (running.containsKey(uid)) {
            askedMeanwhile.add(uid);
        } else {
            submit(uid, true, replay);
        }
    }

    /** A request could not end this LRA: it is replayed for the first time after the first delay. */
    synchronized void expect(Uid uid, BooleanSupplier replay) {
        if (!running.containsKey(uid) && !attempts.containsKey(uid)) {
            notEnded(uid, replay);
        }
    }

    /** Whether this LRA has been replayed for longer than this and has not ended. */
    synchronized boolean hasBeenReplayedFor(Uid uid, Duration time) {
        Attempt last = attempts.get(uid);
        return last != null && last.since().plus(time).isBefore(steady.instant());
    }

    /** Waits until all that was submitted has run. */
    void await() {
        List<CompletableFuture<Void>> all;
        synchronized (this) {
            all = new ArrayList<>(running.values());
        }
        all.forEach(CompletableFuture::join);
    }

    /** Forgets the delays of LRAs that exist no more. */
    synchronized void forgetAllBut(Set<Uid> uids) {
        attempts.keySet().retainAll(uids);
    }

    private boolean isDue(Uid uid) {
        Attempt last = attempts.get(uid);
        return last == null || !steady.instant().isBefore(last.next());
    }

    private void run(Uid uid, BooleanSupplier replay, CompletableFuture<Void> end) {
        boolean ended = false;
        try {
            ended = replay.getAsBoolean();
        } catch (RuntimeException e) {
            LOGGER.warn("LRA {} could not be recovered and is tried again: {}", uid.fileStringForm(), e.toString());
            LOGGER.debug("Where LRA {} could not be recovered", uid.fileStringForm(), e);
        } finally {
            done(uid, ended, replay);
            end.complete(null);
        }
    }

    private synchronized void done(Uid uid, boolean ended, BooleanSupplier replay) {
        running.remove(uid);
        boolean asked = askedMeanwhile.remove(uid);
        if (ended) {
            attempts.remove(uid);
        } else if (asked) {
            later.run(() -> submit(uid, true, replay), Duration.ZERO);
        } else {
            notEnded(uid, replay);
        }
    }

    private void notEnded(Uid uid, BooleanSupplier replay) {
        Attempt last = attempts.get(uid);
        Duration delay = last == null ? firstDelay : shorter(last.delay().multipliedBy(2), longestDelay);
        if (delay.equals(longestDelay) && !delay.equals(last == null ? null : last.delay())) {
            LOGGER.warn(
                    "LRA {} has not ended after several callbacks. A participant does not answer or says no;"
                            + " it is called every {}",
                    uid.fileStringForm(),
                    longestDelay);
        }
        Instant now = steady.instant();
        attempts.put(uid, new Attempt(delay, now.plus(delay), last == null ? now : last.since()));
        later.run(() -> submit(uid, false, replay), delay);
    }

    private static Duration shorter(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }
}
