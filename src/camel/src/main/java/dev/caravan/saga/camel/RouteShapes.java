package dev.caravan.saga.camel;

import dev.caravan.saga.state.RouteShape;
import dev.caravan.saga.state.SagaEvent;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.camel.CamelContext;
import org.apache.camel.ExtendedCamelContext;
import org.apache.camel.Route;
import org.apache.camel.model.Model;
import org.apache.camel.model.ProcessorDefinition;
import org.apache.camel.model.PropertyDefinition;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.model.SagaDefinition;
import org.apache.camel.model.SendDefinition;
import org.apache.camel.util.URISupport;
import org.jspecify.annotations.Nullable;

/**
 * What the routes of a context look like: the steps that their definitions show, followed by {@code direct:} endpoints. A
 * step that is found at run time only, by a dynamic endpoint or a bean, is not shown. Thread-safe.
 */
final class RouteShapes {

    private static final int MOST_STEPS = 200;

    private final CamelContext context;
    private final Map<String, Known> known = new ConcurrentHashMap<>();

    /** A route that is replaced while Camel runs has the same id. */
    private record Known(Route route, RouteShape shape) {}

    private RouteShapes(CamelContext context) {
        this.context = context;
    }

    static synchronized RouteShapes of(CamelContext context) {
        ExtendedCamelContext extension = context.getCamelContextExtension();
        RouteShapes shapes = extension.getContextPlugin(RouteShapes.class);
        if (shapes == null) {
            shapes = new RouteShapes(context);
            extension.addContextPlugin(RouteShapes.class, shapes);
        }
        return shapes;
    }

    /** @return {@code null} when nothing is known of the route */
    @Nullable
    RouteShape of(@Nullable Route route) {
        if (route == null) {
            return null;
        }
        Known last = known.get(route.getRouteId());
        if (last != null && last.route() == route) {
            return last.shape();
        }
        RouteShape shape = shape(route);
        if (shape != null) {
            known.put(route.getRouteId(), new Known(route, shape));
        }
        return shape;
    }

    private @Nullable RouteShape shape(Route route) {
        Model model = context.getCamelContextExtension().getContextPlugin(Model.class);
        RouteDefinition definition = model == null ? null : model.getRouteDefinition(route.getRouteId());
        if (definition == null) {
            return null;
        }
        Set<String> steps = new LinkedHashSet<>();
        if (hasOwnId(definition)) {
            steps.add(name(definition));
        }
        Map<String, List<String>> commands = new LinkedHashMap<>();
        collect(new RouteLinks(context), definition, false, steps, commands, new HashSet<>());
        List<String> shown = steps.stream().limit(MOST_STEPS).toList();
        commands.keySet().retainAll(shown);
        return new RouteShape(hasOwnId(definition) ? null : from(route), shown, commands);
    }

    /** The names of the steps that are shown in a node. */
    Set<String> stepsIn(ProcessorDefinition<?> node) {
        Set<String> steps = new HashSet<>();
        collect(new RouteLinks(context), node, false, steps, new HashMap<>(), new HashSet<>());
        return steps;
    }

    /**
     * The route that a saga goes on with. Camel may have given its id to another one, or it another id.
     *
     * @return {@code null}: it is not there, or it is not certain which it is
     */
    @Nullable
    Route again(SagaEvent.Start start) {
        return RouteVersions.of(context, start).orElseGet(() -> newest(start));
    }

    private @Nullable Route newest(SagaEvent.Start start) {
        Route named = context.getRoute(start.name());
        RouteShape before = start.route();
        if (before == null
                || before.from() == null
                || named != null && before.from().equals(from(named))) {
            return named;
        }
        List<Route> same = context.getRoutes().stream()
                .filter(route -> before.isLike(of(route)))
                .toList();
        return same.size() == 1 ? same.get(0) : null;
    }

    private static boolean hasOwnId(RouteDefinition definition) {
        return Boolean.TRUE.equals(definition.hasCustomIdAssigned());
    }

    /** Without its options. */
    static String from(Route route) {
        return URISupport.sanitizeUri(
                RouteLinks.withoutOptions(route.getEndpoint().getEndpointUri()));
    }

    private static void collect(
            RouteLinks links,
            ProcessorDefinition<?> node,
            boolean inStep,
            Set<String> steps,
            Map<String, List<String>> commands,
            Set<String> seen) {
        for (ProcessorDefinition<?> child : node.getOutputs()) {
            if (child instanceof SendDefinition<?> send && send.getEndpointUri() != null) {
                String uri = links.plain(send);
                if (RouteLinks.isCommand(uri) && !inStep) {
                    steps.add(Steps.name(RouteLinks.command(uri)));
                }
                links.to(uri)
                        .filter(route -> seen.add(route.getRouteId()))
                        .ifPresent(route -> follow(links, route, inStep, steps, commands, seen));
            }
            collect(links, child, inStep, steps, commands, seen);
        }
    }

    private static void follow(
            RouteLinks links,
            RouteDefinition route,
            boolean inStep,
            Set<String> steps,
            Map<String, List<String>> commands,
            Set<String> seen) {
        Optional<SagaDefinition> block = RouteLinks.sagas(route).findFirst();
        if (block.map(SagaDefinition::getPropagation)
                .filter("REQUIRES_NEW"::equals)
                .isPresent()) {
            return;
        }
        block.ifPresent(joins -> {
            steps.add(name(route));
            Set<String> sent = new LinkedHashSet<>();
            commands(links, joins, sent, new HashSet<>());
            commands.put(name(route), List.copyOf(sent));
        });
        collect(links, route, inStep || block.isPresent(), steps, commands, seen);
    }

    /** Those of a block itself: one within it is a step of its own. */
    private static void commands(RouteLinks links, ProcessorDefinition<?> node, Set<String> sent, Set<String> seen) {
        for (ProcessorDefinition<?> child : node.getOutputs()) {
            if (child instanceof SendDefinition<?> send && send.getEndpointUri() != null) {
                String uri = links.plain(send);
                if (RouteLinks.isCommand(uri)) {
                    sent.add(RouteLinks.command(uri));
                }
                links.to(uri)
                        .filter(route -> RouteLinks.sagas(route).findFirst().isEmpty() && seen.add(route.getRouteId()))
                        .ifPresent(route -> commands(links, route, sent, seen));
            }
            if (!(child instanceof SagaDefinition)) {
                commands(links, child, sent, seen);
            }
        }
    }

    private static String name(RouteDefinition route) {
        List<PropertyDefinition> properties =
                route.getRouteProperties() == null ? List.of() : route.getRouteProperties();
        return Steps.name(properties.stream()
                .filter(property -> property.getKey().equals(SagaConstants.STEP_NAME))
                .map(PropertyDefinition::getValue)
                .findFirst()
                .orElse(RouteVersions.nameOf(route)));
    }
}
