package dev.caravan.saga.engine;

import dev.caravan.saga.SagaId;
import dev.caravan.saga.SagaStatus;
import dev.caravan.saga.state.SagaEvent;
import dev.caravan.saga.state.SagaLogEntry;
import dev.caravan.saga.state.SagaState;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What was read of one partition. Guarded by {@link OwnedPartitions}. */
final class OwnedPartition {

    private final String application;
    final long end;
    final Instant gainedAt;
    final Map<SagaId, InFlight> inFlight = new HashMap<>();
    final Map<SagaId, Long> untold = new HashMap<>();
    final OpenRequests requests;
    final Orphans orphans;
    final KeyedStarts keyed;
    final AskedStarts asked;
    long position;
    boolean caughtUp;

    OwnedPartition(SagaHost host, int partition, long position, long end) {
        this.application = host.application();
        this.gainedAt = host.now();
        this.position = position;
        this.end = end;
        this.requests = new OpenRequests(host, application);
        this.orphans = new Orphans(host);
        this.keyed = host.keys().of(partition);
        this.asked = new AskedStarts(host, keyed);
    }

    /** True for a saga of this application. */
    boolean isMine(SagaState state) {
        return state.start() != null
                && (state.start().application() == null
                        || state.start().application().equals(application));
    }

    /** Sagas in flight of this application that do not wait for a person. */
    Stream<SagaState> toRun() {
        return known().map(InFlight::state)
                .filter(state -> state.status() != SagaStatus.FAILED)
                .filter(this::isMine);
    }

    /** Sagas of this application whose first entry is older than this, and that can be carried forward. */
    Stream<SagaState> toCarryForward(Instant olderThan) {
        return known().filter(saga -> saga.since().isBefore(olderThan) && saga.parts() == null)
                .filter(saga -> !requests.isOpen(saga.state().sagaId()))
                .map(InFlight::state)
                .filter(this::isMine);
    }

    /**
     * Keeps what the entry at this offset made of a saga; of one that has not begun, nothing.
     *
     * @param before what is kept of the saga until now; {@code null}: nothing
     */
    void keep(@Nullable InFlight before, SagaState after, SagaLogEntry entry, long offset) {
        if (before == null && after.status() != SagaStatus.INITIAL) {
            keyed.began(after.sagaId());
        }
        boolean counts = before == null || after.ignored() == before.state().ignored();
        if (after.status() == SagaStatus.INITIAL && after.carried() == null) {
            inFlight.remove(entry.sagaId());
        } else if (before == null || counts && entry.event() instanceof SagaEvent.Snapshot) {
            inFlight.put(
                    after.sagaId(), new InFlight(after, offset, entry.timestamp(), Parts.after(null, entry, offset)));
        } else {
            Parts parts = counts ? Parts.after(before.parts(), entry, offset) : before.parts();
            inFlight.put(
                    after.sagaId(),
                    parts != null && parts.isComplete()
                            ? new InFlight(after, parts.offset(), parts.since(), null)
                            : new InFlight(after, before.firstOffset(), before.since(), parts));
        }
    }

    /** Where what is kept of a saga begins. */
    long firstOffset(SagaId saga) {
        return Objects.requireNonNull(inFlight.get(saga), () -> "Nothing is kept of saga " + saga)
                .firstOffset();
    }

    /** Where the next owner has to begin to read. */
    long nextOwnersPosition() {
        return LongStream.concat(
                        known().mapToLong(InFlight::firstOffset),
                        untold.values().stream().mapToLong(Long::longValue))
                .min()
                .orElse(position);
    }

    /** Known well enough to go on with: not one of which only parts were carried forward. */
    Stream<InFlight> known() {
        return inFlight.values().stream().filter(saga -> saga.state().status() != SagaStatus.INITIAL);
    }

    /**
     * A snapshot of who had lost the saga counts for nothing, so the next owner must not begin there.
     *
     * @param since when the entry at the first offset was written
     * @param parts that are being carried forward; {@code null}: none
     */
    record InFlight(
            SagaState state,
            long firstOffset,
            Instant since,
            @Nullable Parts parts) {}

    /** Parts of a state that follow one another: when they are complete, the next owner may begin at the first. */
    record Parts(long offset, Instant since, int read, int all, long nextSequence) {

        static @Nullable Parts after(@Nullable Parts before, SagaLogEntry entry, long offset) {
            if (!(entry.event() instanceof SagaEvent.SnapshotPart part)) {
                return null;
            }
            if (part.part() == 0) {
                return new Parts(offset, entry.timestamp(), 1, part.parts(), entry.sequence() + 1);
            }
            return before != null && part.part() == before.read() && entry.sequence() == before.nextSequence()
                    ? new Parts(before.offset(), before.since(), before.read() + 1, part.parts(), entry.sequence() + 1)
                    : null;
        }

        boolean isComplete() {
            return read == all;
        }
    }
}
