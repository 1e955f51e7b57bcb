package dev.caravan.saga.engine;

import dev.caravan.saga.Printable;
import dev.caravan.saga.SagaId;
import dev.caravan.saga.state.SagaEvent;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/** The sagas in memory: each is here once, from its start or takeover until it ends or is let go. Thread-safe. */
final class LiveSagas {

    private static final Logger LOGGER = SagaLogger.of(LiveSagas.class);

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

    /** Lets go of a saga, if it is here, and of those in whose routes it was begun. */
    void release(LiveSaga saga) {
        releaseAll(Stream.iterate(Optional.of(saga), Optional::isPresent, one -> one.flatMap(this::parentOf))
                .map(Optional::get)
                .toList());
    }

    private Optional<LiveSaga> parentOf(LiveSaga child) {
        return Optional.ofNullable(child.state().start())
                .map(SagaEvent.Start::parent)
                .flatMap(this::find);
    }

    /** Nobody is told before all are released: to a parent that is not, that its child went on elsewhere is a failure. */
    private void releaseAll(List<LiveSaga> sagas) {
        List<LiveSaga> released = sagas.stream().filter(this::remove).toList();
        released.forEach(LiveSaga::release);
        released.forEach(LiveSaga::tellReleased);
    }

    /** @param failure {@code null}: nothing went wrong */
    void letGo(LiveSaga saga, @Nullable Throwable failure) {
        if (failure != null) {
            LOGGER.warn("Saga {} is let go, it is not certain what its log says: {}", saga, Printable.of(failure));
            release(saga);
        }
    }

    /** Lets go of all these sagas. */
    void releaseAll(Predicate<SagaId> which) {
        releaseAll(byId.values().stream().filter(saga -> which.test(saga.id())).toList());
    }

    long waiting() {
        return byId.values().stream()
                .map(LiveSaga::state)
                .filter(saga -> saga.isScheduled() || !saga.awaiting().isEmpty())
                .count();
    }

    int size() {
        return byId.size();
    }
}
