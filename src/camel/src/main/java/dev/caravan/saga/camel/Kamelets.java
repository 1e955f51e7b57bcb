package dev.caravan.saga.camel;

import org.apache.camel.Exchange;
import org.apache.camel.Route;
import org.apache.camel.model.RouteDefinition;
import org.jspecify.annotations.Nullable;

/**
 * Routes that Camel makes of kamelets, one for each place that names one. It gives them ids that end in a number, which it counts
 * up in the process: another kamelet anywhere, and what was made earlier, moves them. Steps are called after the kamelet, and told apart by
 * which time they came, unless the place says an id ({@code kamelet:book/hotel}).
 */
final class Kamelets {

    private Kamelets() {}

    /** The id of a route, without what was counted. */
    static String idOf(Route route) {
        return id(route.getRouteId(), route.isCreatedByKamelet(), route.getNodePrefixId());
    }

    static String idOf(RouteDefinition route) {
        return id(route.getRouteId(), Boolean.TRUE.equals(route.isKamelet()), route.getNodePrefixId());
    }

    /** The {@linkplain #idOf(Route) id} of the route that an exchange came from. */
    static String from(Exchange exchange) {
        String id = exchange.getFromRouteId();
        Route route = id == null ? null : exchange.getContext().getRoute(id);
        return route == null ? String.valueOf(id) : idOf(route);
    }

    private static String id(String id, boolean ofKamelet, @Nullable String counted) {
        String end = "-" + counted;
        return ofKamelet && counted != null && id.endsWith(end) ? id.substring(0, id.length() - end.length()) : id;
    }
}
