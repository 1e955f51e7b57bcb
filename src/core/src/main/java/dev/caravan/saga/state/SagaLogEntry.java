package dev.caravan.saga.state;

import dev.caravan.saga.SagaId;
import java.time.Instant;
import java.util.Objects;

/**
 * One entry of the saga log.
 *
 * @param sequence position within the saga, from 0; an entry whose sequence was seen before is a duplicate
 * @param epoch how often the saga was taken over when it was written; an entry of an instance that lost the saga has
 *     an old one and counts for nothing
 * @param timestamp when it was written, by the writer's clock, to the millisecond
 */
public record SagaLogEntry(SagaId sagaId, long sequence, int epoch, Instant timestamp, SagaEvent event) {

    /** An entry of a saga that was never taken over. */
    public SagaLogEntry(SagaId sagaId, long sequence, Instant timestamp, SagaEvent event) {
        this(sagaId, sequence, 0, timestamp, event);
    }

    public SagaLogEntry {
        Objects.requireNonNull(sagaId, "sagaId");
        Objects.requireNonNull(timestamp, "timestamp");
        Objects.requireNonNull(event, "event");
        if (sequence < 0) {
            throw new IllegalArgumentException("A sequence starts at 0, not at " + sequence);
        }
    }
}
