package dev.caravan.saga.engine;

import dev.caravan.saga.Printable;
import dev.caravan.saga.SagaId;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The sagas in memory: each is here once, from its start or takeover until it ends or is let go. Thread-safe. */
final class LiveSagas {

    private static final Logger LOGGER = LoggerFactory.getLogger(LiveSagas.class);

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

    /** @param failure {@code null}: nothing went wrong */
    void letGo(LiveSaga saga, Throwable failure) {
        if (failure != null) {
            LOGGER.warn("Saga {} is let go, it is not certain what its log says: {}", saga.id(), Printable.of(failure));
            release(saga);
        }
    }

    /** Lets go of all these sagas. */
    void releaseAll(Predicate<SagaId> which) {
        byId.values().stream().filter(saga -> which.test(saga.id())).toList().forEach(this::release);
    }

    long waiting() {
        return byId.values().stream()
                .filter(saga -> !saga.state().awaiting().isEmpty())
                .count();
    }

    int size() {
        return byId.size();
    }
}
