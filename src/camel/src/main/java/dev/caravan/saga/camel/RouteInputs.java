package dev.caravan.saga.camel;

import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.apache.camel.CamelContext;
import org.apache.camel.ExtendedCamelContext;
import org.apache.camel.model.RouteDefinition;
import org.jspecify.annotations.Nullable;

/** Which route of a context takes what is sent to an address. The address of each route is resolved once. Thread-safe. */
final class RouteInputs {

    private volatile Known known = new Known(List.of(), Map.of(), Map.of());

    private record Known(
            List<RouteDefinition> routes,
            Map<RouteDefinition, String> addresses,
            Map<String, RouteDefinition> byAddress) {}

    private RouteInputs() {}

    static synchronized RouteInputs of(CamelContext context) {
        ExtendedCamelContext extension = context.getCamelContextExtension();
        RouteInputs inputs = extension.getContextPlugin(RouteInputs.class);
        if (inputs == null) {
            inputs = new RouteInputs();
            extension.addContextPlugin(RouteInputs.class, inputs);
        }
        return inputs;
    }

    /**
     * Of two routes with one address, the first.
     *
     * @param routes those that there are now
     * @param resolve gives the address of a route that has come since
     */
    Optional<RouteDefinition> at(
            String address, List<RouteDefinition> routes, Function<RouteDefinition, String> resolve) {
        Known now = known;
        if (!now.routes().equals(routes)) {
            now = with(List.copyOf(routes), now.addresses(), resolve);
            known = now;
        }
        return Optional.ofNullable(now.byAddress().get(address));
    }

    private static Known with(
            List<RouteDefinition> routes,
            Map<RouteDefinition, String> before,
            Function<RouteDefinition, String> resolve) {
        Map<RouteDefinition, String> addresses = new IdentityHashMap<>();
        Map<String, RouteDefinition> byAddress = new LinkedHashMap<>();
        for (RouteDefinition route : routes) {
            if (route.getInput() != null) {
                @Nullable String last = before.get(route);
                String address = last == null ? resolve.apply(route) : last;
                addresses.put(route, address);
                byAddress.putIfAbsent(address, route);
            }
        }
        return new Known(routes, addresses, byAddress);
    }
}
