package dev.caravan.saga.camel;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import org.apache.camel.CamelContext;
import org.apache.camel.model.ProcessorDefinitionHelper;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.model.SagaDefinition;
import org.apache.camel.util.URISupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells of routes that do something in a saga and have no id. Camel counts them, so that an id moves to another route when
 * one is added; after a restart, a saga in flight would go on with that one.
 */
public final class UnnamedRoutes {

    private static final Logger LOGGER = LoggerFactory.getLogger(UnnamedRoutes.class);
    private static final Pattern OTHER = Pattern.compile("[^\\p{L}\\p{N}]+");

    private UnnamedRoutes() {}

    /** Has Camel remember in which file and line each route stands that is made from now on. */
    public static void remember(CamelContext context) {
        context.setSourceLocationEnabled(true);
    }

    /** Writes one warning that names them all, with ids to copy; none when each has an id. */
    public static void warn(CamelContext context) {
        List<String> lines = lines(context);
        if (!lines.isEmpty()) {
            LOGGER.warn(
                    "Routes of sagas have no id: {}. The ids that Camel gives them move when a route is added, and a saga in"
                            + " flight would go on with another route. Give each an id that stays, for instance:\n{}",
                    lines.size(),
                    String.join("\n", lines));
        }
    }

    /** One for each such route: where it is, and an id that no other route has. */
    static List<String> lines(CamelContext context) {
        RouteLinks links = new RouteLinks(context);
        List<RouteDefinition> routes = links.routes();
        Set<String> taken = new HashSet<>();
        routes.stream().filter(RouteDefinition::hasCustomIdAssigned).forEach(route -> taken.add(route.getRouteId()));
        List<String> lines = new ArrayList<>();
        for (RouteDefinition route : routes) {
            if (!route.hasCustomIdAssigned() && isInASaga(links, route)) {
                lines.add("  %s: %s".formatted(RoutePlace.of(route, route), inItsLanguage(route, free(route, taken))));
            }
        }
        return lines;
    }

    private static boolean isInASaga(RouteLinks links, RouteDefinition route) {
        return !ProcessorDefinitionHelper.filterTypeInOutputs(route.getOutputs(), SagaDefinition.class)
                        .isEmpty()
                || links.sentBy(route).anyMatch(RouteLinks::isCommand);
    }

    private static String free(RouteDefinition route, Set<String> taken) {
        String wanted = wanted(URISupport.stripQuery(RoutePlace.from(route)));
        String id = wanted;
        for (int next = 2; !taken.add(id); next++) {
            id = wanted + "-" + next;
        }
        return id;
    }

    /** {@code direct:newOrder} is {@code new-order}. */
    private static String wanted(String uri) {
        String words = uri.substring(uri.indexOf(':') + 1).replaceAll("(?<=[a-z0-9])(?=[A-Z])", "-");
        String id = OTHER.matcher(words).replaceAll("-").replaceAll("^-|-$", "").toLowerCase(Locale.ROOT);
        return id.isEmpty() ? "saga" : id;
    }

    private static String inItsLanguage(RouteDefinition route, String id) {
        String file = route.getResource() == null ? "" : route.getResource().getLocation();
        if (file.endsWith(".xml")) {
            return "<route id=\"%s\">".formatted(id);
        }
        return file.endsWith(".yaml") ? "id: " + id : ".routeId(\"%s\")".formatted(id);
    }
}
