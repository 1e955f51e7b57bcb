package dev.caravan.saga.monitoring;

import dev.caravan.saga.SagaId;
import dev.caravan.saga.SagaStatus;
import dev.caravan.saga.engine.SagaListener;
import dev.caravan.saga.state.SagaEvent;
import dev.caravan.saga.state.SagaLog;
import dev.caravan.saga.state.SagaLogEntry;
import dev.caravan.saga.state.SagaState;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/**
 * What is known of all sagas whose beginning the saga log still has: a read model in memory, of bounded size. A line is
 * kept of each saga, what it takes to go on with it of those in flight, and no payload of any. It is built from the log
 * at the start and follows it; it can be thrown away at any time.
 *
 * <p>It is also told of this instance's own entries as soon as they are durable, so that who started a saga sees it;
 * the log has the last word. Thread-safe; lists are read without a lock.
 */
public final class SagaView implements SagaListener {

    private final SagaLog log;
    private final Clock clock;
    private final Duration silence;
    private final Summaries summaries;
    private final RecentTimelines recent = new RecentTimelines();
    private final Map<SagaId, Open> open = new HashMap<>();
    private final Map<SagaId, Ahead> ahead = new HashMap<>();
    private final List<Consumer<SagaSummary>> watchers = new CopyOnWriteArrayList<>();
    private volatile Instant readTo;
    private volatile SagaLog.Following following;

    /** A saga that may go on, as the log has it. */
    private record Open(SagaState state, long first) {}

    /** Entries of this instance that are durable and were not read back yet. */
    private record Ahead(long nextSequence, int epoch, List<SagaLogEntry> entries) {}

    /**
     * @param capacity sagas to keep; beyond it, those that ended first are forgotten
     * @param silence a saga in flight to which nothing has happened for longer needs attention
     */
    public SagaView(SagaLog log, Clock clock, int capacity, Duration silence) {
        this.log = log;
        this.clock = clock;
        this.silence = silence;
        this.summaries = new Summaries(capacity);
    }

    /** Reads the log from its beginning and goes on until the returned handle is closed. */
    public SagaLog.Following follow() {
        following = log.followPositions(this::accept);
        return following;
    }

    /** Completes when all was read that was in the log when the view began. */
    CompletionStage<Void> caughtUp() {
        return following.caughtUp();
    }

    /** Hears of each saga that changed, on a thread that must not be blocked. */
    public void watch(Consumer<SagaSummary> watcher) {
        watchers.add(watcher);
    }

    @Override
    public synchronized void onEntry(SagaLogEntry entry, SagaState after) {
        SagaId sagaId = entry.sagaId();
        Open known = open.get(sagaId);
        if (after.start() == null
                || known == null && !ahead.containsKey(sagaId) && summaries.hasEnded(sagaId)
                || known != null && isBehind(after.nextSequence(), after.epoch(), known.state())) {
            return;
        }
        Ahead before = ahead.get(sagaId);
        List<SagaLogEntry> entries = before == null ? new ArrayList<>() : before.entries();
        entries.add(WithoutPayloads.of(entry));
        ahead.put(sagaId, new Ahead(after.nextSequence(), after.epoch(), entries));
        show(after, known == null ? 0 : known.first(), Long.MAX_VALUE);
    }

    private static boolean isBehind(long nextSequence, int epoch, SagaState read) {
        return nextSequence <= read.nextSequence() || epoch < read.epoch();
    }

    /** Takes in one entry that was read from the log. */
    synchronized void accept(SagaLogEntry full, long position) {
        readTo = full.timestamp();
        if (full.event().standsBeside()) {
            return;
        }
        SagaLogEntry entry = WithoutPayloads.of(full);
        SagaId sagaId = entry.sagaId();
        Open known = open.get(sagaId);
        if (known == null && !begins(entry)) {
            return;
        }
        Open before = known == null ? new Open(SagaState.initial(oneCopy(sagaId)), position) : known;
        SagaState after = apply(before.state(), full, entry);
        if (after.status() == SagaStatus.INITIAL) {
            await(after, before.first());
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
            summaries.end(sagaId);
        } else {
            open.put(after.sagaId(), new Open(after, before.first()));
        }
        Ahead own = ahead.get(sagaId);
        if (own == null || over || isBehind(own.nextSequence(), own.epoch(), after)) {
            ahead.remove(sagaId);
            show(after, before.first(), over ? position : Long.MAX_VALUE);
        }
    }

    /** A state in parts can be read with its payloads only. */
    private static SagaState apply(SagaState before, SagaLogEntry full, SagaLogEntry entry) {
        return before.status() == SagaStatus.INITIAL && full.event() instanceof SagaEvent.SnapshotPart
                ? WithoutPayloads.of(before.apply(full))
                : before.apply(entry);
    }

    private void await(SagaState saga, long first) {
        if (saga.carried() == null) {
            open.remove(saga.sagaId());
        } else {
            open.put(saga.sagaId(), new Open(saga, first));
        }
    }

    private SagaId oneCopy(SagaId sagaId) {
        return summaries.find(sagaId).map(SagaSummary::sagaId).orElse(sagaId);
    }

    /** What is left of a saga whose beginning is no longer in the log is of no use, and so is what follows its end. */
    private boolean begins(SagaLogEntry entry) {
        return (entry.event() instanceof SagaEvent.Start
                        || entry.event() instanceof SagaEvent.Snapshot
                        || entry.event() instanceof SagaEvent.SnapshotPart)
                && (ahead.containsKey(entry.sagaId()) || !summaries.hasEnded(entry.sagaId()));
    }

    private void show(SagaState state, long first, long last) {
        SagaSummary saga = SagaSummary.of(state, first, last);
        summaries.put(saga);
        watchers.forEach(watcher -> watcher.accept(saga));
    }

    /** @throws IllegalArgumentException the query's {@code after} is of no page */
    public SagaPage list(SagaQuery query) {
        return new Paging(query, clock.instant(), silence).page(summaries.all());
    }

    /** Those that match, by what they have in common: status, application, step and code. */
    public List<SagaGroup> groups(SagaQuery query) {
        return SagaGroup.of(summaries.all(), query, clock.instant(), silence);
    }

    /** True while there is a saga of this version of a route that has not ended, or is FAILED. Stops at the first one. */
    boolean isLeft(String name, String version) {
        return summaries.all().stream()
                .anyMatch(
                        saga -> !saga.status().isOver() && saga.name().equals(name) && version.equals(saga.version()));
    }

    /** All sagas in numbers. */
    public SagaOverview overview() {
        Instant now = clock.instant();
        Map<SagaStatus, Long> byStatus = new EnumMap<>(SagaStatus.class);
        Map<Attention, Long> byAttention = new EnumMap<>(Attention.class);
        TreeSet<String> names = new TreeSet<>();
        for (SagaSummary saga : summaries.all()) {
            byStatus.merge(saga.status(), 1L, Long::sum);
            byAttention.merge(Attention.of(saga, now, silence), 1L, Long::sum);
            names.add(saga.name());
        }
        byAttention.remove(Attention.NONE);
        long total = byStatus.values().stream().mapToLong(Long::longValue).sum();
        return new SagaOverview(
                total,
                byStatus,
                byAttention,
                names,
                SagaOverview.versions(summaries.all()),
                isCaughtUp(),
                lag(),
                readTo,
                summaries.forgotten());
    }

    /** Whether a person should look at the saga now. */
    public Attention attention(SagaSummary saga) {
        return Attention.of(saga, clock.instant(), silence);
    }

    /** Whether a person should look at the saga now. */
    public Attention attention(SagaTimeline saga) {
        return saga.state().start() == null ? Attention.NONE : attention(SagaSummary.of(saga.state(), 0, 0));
    }

    /** True when all was read that was in the log when the view began. */
    public boolean isCaughtUp() {
        return following != null && following.caughtUp().toCompletableFuture().isDone();
    }

    /** Records of the log that the view has not read, as far as is known. */
    public long lag() {
        return following == null ? 0 : following.lag();
    }

    /** Why the view hears of nothing, and what to do. */
    public Optional<String> trouble() {
        return Optional.ofNullable(following).flatMap(SagaLog.Following::trouble);
    }

    /** The saga that the application calls by this key; the latest if there are several. */
    public Optional<SagaSummary> findByKey(String key) {
        return summaries.findByKey(key);
    }

    /** The line of a saga; empty: it is not in the list. */
    public Optional<SagaSummary> line(SagaId sagaId) {
        return summaries.find(sagaId);
    }

    /** One saga without payloads. Of one that is not recent the log is read, which blocks. */
    public Optional<SagaTimeline> find(SagaId sagaId) {
        synchronized (this) {
            Optional<SagaTimeline> known = recent.find(sagaId);
            Ahead own = ahead.get(sagaId);
            if (known.isPresent()) {
                return known.map(timeline -> own == null ? timeline : timeline.with(own.entries()));
            }
            if (own != null && own.entries().get(0).event() instanceof SagaEvent.Start) {
                return Optional.of(SagaTimeline.of(sagaId).with(own.entries()));
            }
        }
        return read(sagaId).map(SagaTimeline::withoutPayloads);
    }

    /** One saga with all that the log has of it. Blocks. */
    public Optional<SagaTimeline> read(SagaId sagaId) {
        List<SagaLogEntry> entries = summaries
                .find(sagaId)
                .map(saga -> log.readBetween(sagaId, saga.first(), saga.last()))
                .orElseGet(() -> log.read(sagaId));
        return entries.isEmpty()
                ? Optional.empty()
                : Optional.of(SagaTimeline.of(sagaId).with(entries));
    }
}
