package dev.caravan.saga.monitoring;

import dev.caravan.saga.SagaId;
import dev.caravan.saga.engine.SagaListener;
import dev.caravan.saga.state.SagaLog;
import dev.caravan.saga.state.SagaLogEntry;
import dev.caravan.saga.state.SagaState;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What is known of all sagas whose beginning the saga log still has: a read model, in memory and beyond that on disk. A line
 * is kept of each saga, what it takes to go on with it of those in flight, and no payload of any. It is built from the log
 * at the start and follows it; it can be thrown away at any time.
 *
 * <p>It is also told of this instance's own entries as soon as they are durable, so that who started a saga sees it;
 * the log has the last word. Thread-safe; who reads lists holds up nobody who
 * writes, but for a moment.
 */
public final class SagaView implements SagaListener, AutoCloseable {

    /** How often it is asked what the log has left out. */
    private static final Duration LOOK = Duration.ofMinutes(10);

    private final SagaLog log;
    private final Clock clock;
    private final Duration silence;
    private final SagaLines lines;
    private final SagaReading reading;
    private final List<Consumer<SagaSummary>> watchers = new CopyOnWriteArrayList<>();
    private Instant nextLook;
    private volatile SagaLog.@Nullable Following following;

    /** Without a disk. */
    public SagaView(SagaLog log, Clock clock, int capacity, Duration silence) {
        this(log, clock, capacity, silence, SagaDirectory.NONE);
    }

    /**
     * @param capacity sagas in memory; beyond it, those that ended first move to the directory
     * @param silence a saga in flight to which nothing has happened for longer needs attention
     */
    public SagaView(SagaLog log, Clock clock, int capacity, Duration silence, SagaDirectory directory) {
        this.log = log;
        this.clock = clock;
        this.silence = silence;
        this.lines = new SagaLines(capacity, log, directory);
        this.reading = new SagaReading(log, lines, saga -> watchers.forEach(watcher -> watcher.accept(saga)));
        this.nextLook = clock.instant().plus(LOOK);
    }

    /** Reads what is in the log and not yet on disk, and goes on until the returned handle is closed. */
    public SagaLog.Following follow() {
        long[] from = lines.begin();
        reading.beginAt(from);
        following = log.followPositions(from, this::accept);
        return following;
    }

    /** Lets go of the directory. To be done when nothing follows any more. */
    @Override
    public void close() {
        lines.close();
    }

    /** Completes when all was read that was in the log when the view began. */
    CompletionStage<Void> caughtUp() {
        return Objects.requireNonNull(following, "the view does not follow the log yet")
                .caughtUp();
    }

    /** Hears of each saga that changed, on a thread that must not be blocked. */
    public void watch(Consumer<SagaSummary> watcher) {
        watchers.add(watcher);
    }

    @Override
    public void onEntry(SagaLogEntry entry, SagaState after) {
        reading.onEntry(entry, after);
    }

    /** Takes in one entry that was read from the log. */
    void accept(SagaLogEntry full, long position) {
        reading.take(full, position);
        lines.makeRoom(reading::readFrom);
        if (!clock.instant().isBefore(nextLook)) {
            nextLook = clock.instant().plus(LOOK);
            lines.leaveOut(log.beginnings());
        }
    }

    /** @throws IllegalArgumentException the query's {@code after} is of no page */
    public SagaPage list(SagaQuery query) {
        Paging paging = new Paging(query, clock.instant(), silence);
        return lines.read(paging::lookAt, (page, onDisk) -> page.page(onDisk.page(query, page.after())));
    }

    /** Those that match, by what they have in common: status, application, step and code. */
    public List<SagaGroup> groups(SagaQuery query) {
        return lines.read(
                all -> SagaGroup.all(all, query, clock.instant(), silence),
                (groups, onDisk) -> SagaGroup.first(groups, onDisk.groups(query), query));
    }

    /** True while there is a saga of this version of a route that has not ended, or is FAILED. Stops at the first one. */
    boolean isLeft(String name, String version) {
        return lines.inMemory().stream()
                .anyMatch(
                        saga -> !saga.status().isOver() && saga.name().equals(name) && version.equals(saga.version()));
    }

    /** All sagas in numbers. */
    public SagaOverview overview() {
        SagaCounts counts =
                lines.read(all -> SagaCounts.of(all, clock.instant(), silence), (some, onDisk) -> some.and(onDisk));
        return counts.overview(isCaughtUp(), lag(), reading.readTo(), lines.forgotten());
    }

    /** The steps of all sagas of a name, in numbers, as far as they were read since the view began. */
    public SagaMap map(String name) {
        return reading.map(name);
    }

    /** Who did what, the latest first, as far as it was read since the view began, and no more than the latest 20,000. */
    public List<SagaAct> acts(SagaActQuery query) {
        return reading.acts().find(query);
    }

    /** Since when all acts are known; {@code null}: nothing was read. */
    public @Nullable Instant actsSince() {
        return reading.acts().since();
    }

    /** Whether a person should look at the saga now. */
    public Attention attention(SagaSummary saga) {
        return Attention.of(saga, clock.instant(), silence);
    }

    /** Whether a person should look at the saga now. */
    public Attention attention(SagaTimeline saga) {
        return saga.state().start() == null ? Attention.NONE : attention(SagaSummary.of(saga.state(), Positions.NONE));
    }

    /** True when all was read that was in the log when the view began. */
    public boolean isCaughtUp() {
        return following != null && following.caughtUp().toCompletableFuture().isDone();
    }

    /** Records of the log that the view has not read, as far as is known. */
    public long lag() {
        return following == null ? 0 : following.lag();
    }

    /** Sagas of which there is a line in memory. */
    int inMemory() {
        return lines.inMemory().size();
    }

    /** Why the view hears of nothing, and what to do. */
    public Optional<String> trouble() {
        return Optional.ofNullable(following).flatMap(SagaLog.Following::trouble);
    }

    /** The saga that the application calls by this key; the latest if there are several. */
    public Optional<SagaSummary> findByKey(String key) {
        return lines.findByKey(key);
    }

    /** The line of a saga; empty: it is not in the list. */
    public Optional<SagaSummary> line(SagaId sagaId) {
        return lines.find(sagaId);
    }

    /** One saga without payloads. Of one that is not recent the log is read, which blocks. */
    public Optional<SagaTimeline> find(SagaId sagaId) {
        return reading.find(sagaId).or(() -> read(sagaId).map(SagaTimeline::withoutPayloads));
    }

    /** One saga with all that the log has of it. Blocks; of one that is in the list nothing but its own entries is read. */
    public Optional<SagaTimeline> read(SagaId sagaId) {
        List<SagaLogEntry> entries = reading.place(sagaId, isCaughtUp() && lines.forgotten() == 0)
                .map(place -> log.readAt(sagaId, place.positions().all(), place.more()))
                .orElseGet(() -> log.read(sagaId));
        return entries.isEmpty()
                ? Optional.empty()
                : Optional.of(SagaTimeline.of(sagaId).with(entries));
    }
}
