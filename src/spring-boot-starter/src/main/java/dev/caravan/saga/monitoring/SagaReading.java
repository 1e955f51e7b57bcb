package dev.caravan.saga.monitoring;

import dev.caravan.saga.SagaId;
import dev.caravan.saga.SagaStatus;
import dev.caravan.saga.state.SagaEvent;
import dev.caravan.saga.state.SagaLog;
import dev.caravan.saga.state.SagaLogEntry;
import dev.caravan.saga.state.SagaState;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Makes lines of what is read from the log, and of this instance's own entries, which it is told of as soon as they are
 * durable. It has what it takes to go on with the sagas in flight, and where they are in the log. Thread-safe.
 */
final class SagaReading {

    private final SagaLog log;
    private final SagaLines lines;
    private final Consumer<SagaSummary> watcher;
    private final RecentTimelines recent = new RecentTimelines();
    private final StepFigures figures = new StepFigures();
    private final SagaActs acts = new SagaActs();
    private final Map<SagaId, Open> open = new HashMap<>();
    private final Map<SagaId, Ahead> ahead = new HashMap<>();
    private final long[] unread;
    private @Nullable Instant readTo;

    /** A saga that may go on, as the log has it. */
    private record Open(SagaState state, Positions positions) {}

    /** Entries of this instance that are durable and were not read back yet. */
    private record Ahead(long nextSequence, int epoch, List<SagaLogEntry> entries) {}

    /** @param watcher hears of each line that changed */
    SagaReading(SagaLog log, SagaLines lines, Consumer<SagaSummary> watcher) {
        this.log = log;
        this.lines = lines;
        this.watcher = watcher;
        this.unread = new long[log.partitions()];
    }

    /** @param from the first position of each partition that will be read */
    synchronized void beginAt(long[] from) {
        System.arraycopy(from, 0, unread, 0, unread.length);
    }

    /** When the latest entry that was read was written; {@code null}: none was. */
    synchronized @Nullable Instant readTo() {
        return readTo;
    }

    /** As {@link dev.caravan.saga.engine.SagaListener} has it. */
    synchronized void onEntry(SagaLogEntry entry, SagaState after) {
        SagaId sagaId = entry.sagaId();
        Open known = open.get(sagaId);
        if (after.start() == null
                || known == null && !ahead.containsKey(sagaId) && lines.hasJustEnded(sagaId)
                || known != null && isBehind(after.nextSequence(), after.epoch(), known.state())) {
            return;
        }
        Ahead before = ahead.get(sagaId);
        List<SagaLogEntry> entries = before == null ? new ArrayList<>() : before.entries();
        entries.add(WithoutPayloads.of(entry));
        ahead.put(sagaId, new Ahead(after.nextSequence(), after.epoch(), entries));
        show(after, known == null ? Positions.NONE : known.positions());
    }

    private static boolean isBehind(long nextSequence, int epoch, SagaState read) {
        return nextSequence <= read.nextSequence() || epoch < read.epoch();
    }

    /** Takes in one entry that was read from the log. */
    synchronized void take(SagaLogEntry full, long position) {
        readTo = full.timestamp();
        unread[log.partitionOf(full.sagaId())] = position + 1;
        if (full.event().standsBeside()) {
            takeBeside(full, position);
            return;
        }
        SagaLogEntry entry = WithoutPayloads.of(full);
        SagaId sagaId = entry.sagaId();
        Open known = open.get(sagaId);
        if (known == null && !begins(entry)) {
            return;
        }
        Open before = known == null ? new Open(SagaState.initial(oneCopy(sagaId)), Positions.NONE) : known;
        SagaState after = apply(before.state(), full, entry);
        figures.take(before.state(), entry, after);
        if (after.ignored() == before.state().ignored()) {
            acts.take(full);
        }
        Positions positions = before.positions().plus(position);
        if (entry.event() instanceof SagaEvent.Snapshot && entry.epoch() == after.epoch()) {
            positions = positions.begun();
        }
        if (after.status() == SagaStatus.INITIAL) {
            await(after, positions);
            return;
        }
        if (before.state().status() == SagaStatus.INITIAL) {
            recent.begin(entry);
        } else {
            recent.add(entry);
        }
        boolean over = after.status().isOver();
        if (over) {
            open.remove(sagaId);
            lines.end(sagaId);
        } else {
            open.put(after.sagaId(), new Open(after, positions));
        }
        Ahead own = ahead.get(sagaId);
        if (own == null || over || isBehind(own.nextSequence(), own.epoch(), after)) {
            ahead.remove(sagaId);
            show(after, positions);
        }
    }

    /** What is asked of a saga that may go on is shown with it, and what is answered. */
    private void takeBeside(SagaLogEntry entry, long position) {
        acts.take(entry);
        Open known = open.get(entry.sagaId());
        if (known == null || known.state().status() == SagaStatus.INITIAL || !Beside.isOfOperators(entry)) {
            return;
        }
        Open now = new Open(known.state(), known.positions().plus(position));
        open.put(known.state().sagaId(), now);
        recent.add(WithoutPayloads.of(entry));
        if (!ahead.containsKey(entry.sagaId())) {
            show(now.state(), now.positions());
        }
    }

    /** A state in parts can be read with its payloads only. */
    private static SagaState apply(SagaState before, SagaLogEntry full, SagaLogEntry entry) {
        return before.status() == SagaStatus.INITIAL && full.event() instanceof SagaEvent.SnapshotPart
                ? WithoutPayloads.of(before.apply(full))
                : before.apply(entry);
    }

    /** Who did what. */
    SagaActs acts() {
        return acts;
    }

    /** What became of the steps of all sagas of a name. */
    SagaMap map(String name) {
        return figures.of(name);
    }

    private void await(SagaState saga, Positions positions) {
        if (saga.carried() == null) {
            open.remove(saga.sagaId());
        } else {
            open.put(saga.sagaId(), new Open(saga, positions));
        }
    }

    private SagaId oneCopy(SagaId sagaId) {
        return lines.findInMemory(sagaId).map(SagaSummary::sagaId).orElse(sagaId);
    }

    /** What is left of a saga whose beginning is no longer in the log is of no use, and so is what follows its end. */
    private boolean begins(SagaLogEntry entry) {
        return (entry.event() instanceof SagaEvent.Start
                        || entry.event() instanceof SagaEvent.Snapshot
                        || entry.event() instanceof SagaEvent.SnapshotPart)
                && (ahead.containsKey(entry.sagaId()) || !lines.hasEnded(entry.sagaId(), begun(entry)));
    }

    /** What carries a saga forward is younger than the saga. */
    private static Instant begun(SagaLogEntry entry) {
        return entry.event() instanceof SagaEvent.Start ? entry.timestamp() : Instant.MIN;
    }

    private void show(SagaState state, Positions positions) {
        SagaSummary saga = SagaSummary.of(state, positions);
        lines.put(saga);
        watcher.accept(saga);
    }

    /** From where on the log has all entries of sagas that are in memory. */
    synchronized long[] readFrom() {
        long[] from = unread.clone();
        open.forEach((sagaId, saga) -> lower(from, sagaId, saga.positions()));
        lines.inMemory().forEach(saga -> lower(from, saga.sagaId(), saga.positions()));
        return from;
    }

    private void lower(long[] from, SagaId sagaId, Positions positions) {
        if (positions != Positions.NONE) {
            int partition = log.partitionOf(sagaId);
            from[partition] = Math.min(from[partition], positions.first());
        }
    }

    /**
     * Where a saga is in the log.
     *
     * @param more from where on there may be entries of it that were not read yet; the largest number: nowhere
     */
    record InLog(Positions positions, long more) {}

    /**
     * Empty: it may be anywhere.
     *
     * @param isComplete whether a saga that is not known is not there, but for what was not read yet
     */
    Optional<InLog> place(SagaId sagaId, boolean isComplete) {
        InLog inFlight;
        synchronized (this) {
            Open known = open.get(sagaId);
            inFlight = new InLog(known == null ? Positions.NONE : known.positions(), unread[log.partitionOf(sagaId)]);
            if (known != null || ahead.containsKey(sagaId)) {
                return Optional.of(inFlight);
            }
        }
        return lines.find(sagaId)
                .map(saga -> new InLog(saga.positions(), saga.status().isOver() ? Long.MAX_VALUE : inFlight.more()))
                .or(() -> isComplete ? Optional.of(inFlight) : Optional.empty());
    }

    /** A saga without payloads, if that can be told without the log. */
    synchronized Optional<SagaTimeline> find(SagaId sagaId) {
        Optional<SagaTimeline> known = recent.find(sagaId);
        Ahead own = ahead.get(sagaId);
        if (known.isPresent()) {
            return known.map(timeline -> own == null ? timeline : timeline.with(own.entries()));
        }
        return own != null && own.entries().get(0).event() instanceof SagaEvent.Start
                ? Optional.of(SagaTimeline.of(sagaId).with(own.entries()))
                : Optional.empty();
    }
}
