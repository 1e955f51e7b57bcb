package dev.caravan.saga.monitoring;

import dev.caravan.saga.Printable;
import dev.caravan.saga.camel.RouteVersions.Older;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says once of each older version of a route that is loaded when no saga is left that began with it, in any instance: it can
 * be removed. Nothing is said before the view knows what was in the log. Thread-safe.
 */
public final class OlderVersions implements Consumer<SagaSummary> {

    private static final Logger LOGGER = LoggerFactory.getLogger(OlderVersions.class);

    private final SagaView view;
    private final Set<Older> kept;

    /** @param loaded the older versions that are there */
    public OlderVersions(SagaView view, List<Older> loaded) {
        this.view = view;
        this.kept = new LinkedHashSet<>(loaded);
    }

    /** Looks now, and whenever a saga has ended. */
    public void watch() {
        view.watch(this);
        view.caughtUp().thenRun(this::look);
    }

    @Override
    public void accept(SagaSummary saga) {
        if (saga.status().isOver() && saga.version() != null && view.isCaughtUp() && isKept(saga)) {
            look();
        }
    }

    private synchronized boolean isKept(SagaSummary saga) {
        return kept.stream()
                .anyMatch(older -> older.name().equals(saga.name()) && Objects.equals(older.version(), saga.version()));
    }

    /** The older versions that can be removed. */
    synchronized List<Older> look() {
        List<Older> over = kept.stream()
                .filter(older -> older.version() == null || !view.isLeft(older.name(), older.version()))
                .toList();
        over.forEach(older -> LOGGER.info(
                "Route {} can be removed: no saga is left of version {} of {}",
                Printable.of(older.routeId()),
                Printable.of(older.version()),
                Printable.of(older.name())));
        kept.removeAll(Set.copyOf(over));
        return over;
    }
}
