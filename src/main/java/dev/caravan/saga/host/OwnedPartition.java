package dev.caravan.saga.host;

import dev.caravan.saga.SagaId;
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

    /** @param since when the entry at the first offset was written */
    record InFlight(SagaState state, long firstOffset, Instant since) {}
}
