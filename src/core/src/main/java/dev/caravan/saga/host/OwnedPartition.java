package dev.caravan.saga.host;

import dev.caravan.saga.SagaId;
import dev.caravan.saga.SagaStatus;
import dev.caravan.saga.log.SagaEvent;
import dev.caravan.saga.log.SagaLogEntry;
import dev.caravan.saga.machine.SagaState;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;

/** What was read of one partition. Guarded by {@link OwnedPartitions}. */
final class OwnedPartition {

    final long end;
    final Instant gainedAt;
    final Map<SagaId, InFlight> inFlight = new HashMap<>();
    final Map<SagaId, Long> untold = new HashMap<>();
    final OpenRequests requests;
    Map<SagaId, SagaState> orphans = Map.of();
    long position;
    boolean caughtUp;

    OwnedPartition(long position, long end, Instant gainedAt, OpenRequests requests) {
        this.gainedAt = gainedAt;
        this.position = position;
        this.end = end;
        this.requests = requests;
    }

    /**
     * Keeps what the entry at this offset made of a saga; of one that has not begun, nothing.
     *
     * @param before what is kept of the saga until now; {@code null}: nothing
     */
    void keep(InFlight before, SagaState after, SagaLogEntry entry, long offset) {
        if (after.status() == SagaStatus.INITIAL) {
            inFlight.remove(entry.sagaId());
        } else if (before == null || carriesForward(entry, before.state(), after)) {
            inFlight.put(after.sagaId(), new InFlight(after, offset, entry.timestamp()));
        } else {
            inFlight.put(after.sagaId(), new InFlight(after, before.firstOffset(), before.since()));
        }
    }

    /** A snapshot of who had lost the saga counts for nothing, so the next owner must not begin there. */
    private static boolean carriesForward(SagaLogEntry entry, SagaState before, SagaState after) {
        return entry.event() instanceof SagaEvent.Snapshot && after.ignored() == before.ignored();
    }

    /** @param since when the entry at the first offset was written */
    record InFlight(SagaState state, long firstOffset, Instant since) {}
}
