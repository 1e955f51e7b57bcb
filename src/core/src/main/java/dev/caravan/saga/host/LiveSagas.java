package dev.caravan.saga.host;

import dev.caravan.saga.SagaId;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;

/** The sagas in memory: each is here once, from its start or takeover until it ends or is let go. Thread-safe. */
final class LiveSagas {

    private final Map<SagaId, LiveSaga> byId = new ConcurrentHashMap<>();

    Optional<LiveSaga> find(SagaId sagaId) {
        return Optional.ofNullable(byId.get(sagaId));
    }

    /** @return the one that is here already, if any */
    Optional<LiveSaga> add(LiveSaga saga) {
        return Optional.ofNullable(byId.putIfAbsent(saga.id(), saga));
    }

    boolean remove(LiveSaga saga) {
        return byId.remove(saga.id(), saga);
    }

    /** Lets go of a saga, if it is here. */
    void release(LiveSaga saga) {
        if (remove(saga)) {
            saga.release();
        }
    }

    /** Lets go of all these sagas. */
    void releaseAll(Predicate<SagaId> which) {
        byId.values().stream().filter(saga -> which.test(saga.id())).toList().forEach(this::release);
    }

    int size() {
        return byId.size();
    }
}
