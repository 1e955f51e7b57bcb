package dev.caravan.saga.camel;

import dev.caravan.saga.SagaId;
import dev.caravan.saga.engine.BranchPaths;
import dev.caravan.saga.engine.LiveSaga;
import dev.caravan.saga.state.Child;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** One time that the route of a saga, or of a compensation or completion of it, is gone through. Thread-safe. */
final class PresentRun {

    private final LiveSaga saga;
    private final @Nullable String fromRoute;
    private final boolean ended;
    private final Set<SagaId> begun = new HashSet<>(2);
    private final Map<SagaId, Exception> broken = new HashMap<>(2);

    /** @param fromRoute the id of the route that the exchange came from; may be {@code null} */
    PresentRun(LiveSaga saga, @Nullable String fromRoute) {
        this.saga = saga;
        this.fromRoute = fromRoute;
        this.ended = saga.ended().isDone();
        this.begun.addAll(saga.recorded().leftBehind());
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
    synchronized Optional<Child> nextChild(String name, @Nullable String place) {
        List<Child> open = saga.state().children().stream()
                .filter(child -> child.name().equals(name) && !begun.contains(child.saga()))
                .toList();
        Optional<Child> next = open.stream()
                .filter(child -> Objects.equals(child.place(), place))
                .findFirst()
                .or(() -> open.stream()
                        .filter(child -> BranchPaths.isOld(text(child.place()), text(place)))
                        .findFirst());
        next.ifPresent(child -> begun.add(child.saga()));
        return next;
    }

    private static String text(@Nullable String place) {
        return place == null ? "" : place;
    }

    /** The block of a saga that this run began has ended by a failure. */
    synchronized void brokeOff(SagaId child, Exception failure) {
        broken.put(child, failure);
    }

    /** Those for whose failure this run's route failed. */
    synchronized Set<SagaId> brokenBy(@Nullable Exception... failures) {
        Set<Throwable> met = Collections.newSetFromMap(new IdentityHashMap<>());
        for (Exception failure : failures) {
            for (Throwable cause = failure; cause != null && met.add(cause); ) {
                cause = cause.getCause();
            }
        }
        return broken.entrySet().stream()
                .filter(child -> met.contains(child.getValue()))
                .map(Map.Entry::getKey)
                .collect(Collectors.toSet());
    }

    /** This run has begun it. */
    synchronized void begins(SagaId child) {
        begun.add(child);
    }
}
