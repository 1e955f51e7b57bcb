package dev.caravan.saga.monitoring;

import dev.caravan.saga.SagaId;
import dev.caravan.saga.SagaStatus;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A line for each saga, of bounded number: beyond it, the sagas that ended first are forgotten. Sagas in flight and
 * FAILED ones are never forgotten. Written by one thread at a time, read by any.
 */
final class Summaries {

    private final int capacity;
    private final Map<SagaId, SagaSummary> byId = new ConcurrentHashMap<>();
    private final Map<String, SagaId> byKey = new ConcurrentHashMap<>();
    private final Queue<SagaId> ended = new ArrayDeque<>();
    private volatile long forgotten;

    Summaries(int capacity) {
        this.capacity = capacity;
    }

    void put(SagaSummary saga) {
        SagaSummary before = byId.put(saga.sagaId(), saga);
        if (before == null && saga.key() != null) {
            byKey.merge(saga.key(), saga.sagaId(), (known, other) -> latest(known, saga));
        }
        while (byId.size() > capacity && !ended.isEmpty()) {
            forget(ended.remove());
        }
    }

    private SagaId latest(SagaId known, SagaSummary saga) {
        SagaSummary other = byId.get(known);
        return other == null || !other.startedAt().isAfter(saga.startedAt()) ? saga.sagaId() : known;
    }

    /** The saga has ended for good: it may be forgotten. To be said once. */
    void end(SagaId sagaId) {
        ended.add(sagaId);
    }

    private void forget(SagaId sagaId) {
        SagaSummary gone = byId.remove(sagaId);
        if (gone != null && gone.key() != null) {
            byKey.remove(gone.key(), sagaId);
        }
        forgotten++;
    }

    Optional<SagaSummary> find(SagaId sagaId) {
        return Optional.ofNullable(byId.get(sagaId));
    }

    Optional<SagaSummary> findByKey(String key) {
        return Optional.ofNullable(byKey.get(key)).flatMap(this::find);
    }

    Collection<SagaSummary> all() {
        return byId.values();
    }

    boolean hasEnded(SagaId sagaId) {
        return find(sagaId).map(SagaSummary::status).filter(SagaStatus::isOver).isPresent();
    }

    long forgotten() {
        return forgotten;
    }
}
