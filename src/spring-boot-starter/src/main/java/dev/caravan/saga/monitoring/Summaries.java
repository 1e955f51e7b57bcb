package dev.caravan.saga.monitoring;

import dev.caravan.saga.SagaId;
import dev.caravan.saga.SagaStatus;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Predicate;

/** A line in memory for each saga that is in flight or FAILED, and for those that ended last. Thread-safe. */
final class Summaries {

    private final Map<SagaId, SagaSummary> byId = new ConcurrentHashMap<>();
    private final Map<String, SagaId> byKey = new ConcurrentHashMap<>();
    private final Queue<SagaId> ended = new ConcurrentLinkedQueue<>();

    void put(SagaSummary saga) {
        SagaSummary before = byId.put(saga.sagaId(), saga);
        if (before == null && saga.key() != null) {
            byKey.merge(saga.key(), saga.sagaId(), (known, other) -> latest(known, saga));
        }
    }

    private SagaId latest(SagaId known, SagaSummary saga) {
        SagaSummary other = byId.get(known);
        return other == null || !other.startedAt().isAfter(saga.startedAt()) ? saga.sagaId() : known;
    }

    /** The saga has ended for good. To be said once. */
    void end(SagaId sagaId) {
        ended.add(sagaId);
    }

    /** Those that ended first, which are still to be removed; fewer if there are not so many. */
    List<SagaSummary> takeEnded(int most) {
        List<SagaSummary> taken = new ArrayList<>();
        while (taken.size() < most && !ended.isEmpty()) {
            ending(ended.remove()).ifPresent(taken::add);
        }
        return taken;
    }

    /** Removes those that ended and are so. */
    void removeEnded(Predicate<SagaSummary> which) {
        ended.removeIf(sagaId -> {
            Optional<SagaSummary> found = ending(sagaId).filter(which);
            found.ifPresent(this::remove);
            return found.isPresent();
        });
    }

    /** Empty: it is gone, or an instance that had lost it has written that it goes on. */
    private Optional<SagaSummary> ending(SagaId sagaId) {
        return find(sagaId).filter(saga -> saga.status().isOver());
    }

    void remove(SagaSummary saga) {
        byId.remove(saga.sagaId());
        if (saga.key() != null) {
            byKey.remove(saga.key(), saga.sagaId());
        }
    }

    int size() {
        return byId.size();
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
}
