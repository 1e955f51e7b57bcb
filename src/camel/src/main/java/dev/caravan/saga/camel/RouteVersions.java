package dev.caravan.saga.camel;

import dev.caravan.saga.state.SagaEvent;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.apache.camel.CamelContext;
import org.apache.camel.Route;
import org.apache.camel.model.Model;
import org.apache.camel.model.PropertyDefinition;
import org.apache.camel.model.RouteDefinition;
import org.jspecify.annotations.Nullable;

/**
 * Versions of a route side by side: the newest has the id, and others say by {@code saga.version-of} whose older version
 * they are. New sagas begin in the newest, because that is where messages are sent. A saga in flight is run again in the
 * version that it began with, if that is there, and in the newest otherwise.
 */
public final class RouteVersions {

    private RouteVersions() {}

    /** An older version of a route, which is there for sagas that began with it. */
    public record Older(String name, @Nullable String version, String routeId) {}

    /** The older versions that are loaded. */
    public static List<Older> older(CamelContext context) {
        return context.getRoutes().stream()
                .filter(route -> property(route, SagaConstants.VERSION_OF).isPresent())
                .map(route -> new Older(nameOf(route), version(route), route.getRouteId()))
                .toList();
    }

    /** What a route's sagas or steps are called after: its id, or that of the route that it is an older version of. */
    static String nameOf(Route route) {
        return property(route, SagaConstants.VERSION_OF).orElseGet(() -> Kamelets.idOf(route));
    }

    /** The same of a route that has not started. */
    static String nameOf(RouteDefinition route) {
        return property(route, SagaConstants.VERSION_OF).orElseGet(() -> Kamelets.idOf(route));
    }

    /** @return {@code null}: the route says none */
    static @Nullable String version(Route route) {
        return property(route, SagaConstants.VERSION).orElse(null);
    }

    /** The route with the version that a saga began with; empty: it is not there, or the saga has none. */
    static Optional<Route> of(CamelContext context, SagaEvent.Start start) {
        return start.version() == null
                ? Optional.empty()
                : context.getRoutes().stream()
                        .filter(route -> start.version().equals(version(route))
                                && nameOf(route).equals(start.name()))
                        .findFirst();
    }

    private static Optional<String> property(Route route, String key) {
        return Optional.ofNullable(route.getProperties().get(key)).map(Object::toString);
    }

    private static Optional<String> property(RouteDefinition route, String key) {
        List<PropertyDefinition> properties =
                route.getRouteProperties() == null ? List.of() : route.getRouteProperties();
        return properties.stream()
                .filter(property -> property.getKey().equals(key))
                .map(PropertyDefinition::getValue)
                .findFirst();
    }

    /** @throws IllegalStateException a saga could not tell two routes apart; the text says which, and what to do */
    static void check(CamelContext context) {
        Map<List<String>, String> known = new HashMap<>();
        for (RouteDefinition route :
                context.getCamelContextExtension().getContextPlugin(Model.class).getRouteDefinitions()) {
            Optional<String> version = property(route, SagaConstants.VERSION);
            boolean older = property(route, SagaConstants.VERSION_OF).isPresent();
            if (older && version.isEmpty() && StepKinds.startsASaga(route)) {
                throw new IllegalStateException(
                        "Route %s is an older version of %s and does not say which: give it the property %s"
                                .formatted(route.getRouteId(), nameOf(route), SagaConstants.VERSION));
            }
            version.map(said -> known.put(List.of(nameOf(route), said), route.getRouteId()))
                    .filter(other -> !Objects.equals(other, route.getRouteId()))
                    .ifPresent(other -> {
                        throw new IllegalStateException(
                                "Routes %s and %s are both version %s of %s: a saga could go on in either. Give each its own %s"
                                        .formatted(
                                                other,
                                                route.getRouteId(),
                                                version.get(),
                                                nameOf(route),
                                                SagaConstants.VERSION));
                    });
        }
    }
}
