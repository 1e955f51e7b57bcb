package dev.caravan.saga.camel;

import dev.caravan.saga.SagaId;
import dev.caravan.saga.engine.LiveSaga;
import dev.caravan.saga.state.SagaEvent;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/** One time that the route of a saga, or of a compensation or completion of it, is gone through. Thread-safe. */
final class PresentRun {

    private final LiveSaga saga;
    private final String fromRoute;
    private final boolean ended;
    private final Set<SagaId> begun = new HashSet<>(2);
    private final Map<String, Integer> aside = new HashMap<>(2);

    /** @param fromRoute the id of the route that the exchange came from; may be {@code null} */
    PresentRun(LiveSaga saga, String fromRoute) {
        this.saga = saga;
        this.fromRoute = fromRoute;
        this.ended = saga.ended().isDone();
    }

    LiveSaga saga() {
        return saga;
    }

    /** The id of the route that the exchange came from which this run began with. */
    boolean isFrom(String route) {
        return Objects.equals(fromRoute, route);
    }

    /** True when the saga had ended before. */
    boolean hasEnded() {
        return ended;
    }

    /** The next of the sagas that earlier runs began at this place under this name; it is taken from now on. */
    synchronized Optional<SagaEvent.Child> nextChild(String name, String place) {
        return saga.state().children().stream()
                .filter(child -> child.name().equals(name) && Objects.equals(child.place(), place))
                .filter(child -> begun.add(child.saga()))
                .findFirst();
    }

    /** This run has begun it. */
    synchronized void begins(SagaId child) {
        begun.add(child);
    }

    /** How many branches that nobody waits for have left this one before. */
    synchronized int nextAside(String path) {
        return aside.merge(path, 1, Integer::sum) - 1;
    }
}
