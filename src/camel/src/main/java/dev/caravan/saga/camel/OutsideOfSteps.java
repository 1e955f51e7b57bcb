package dev.caravan.saga.camel;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import org.apache.camel.CamelContext;
import org.apache.camel.model.ProcessorDefinition;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.model.SagaDefinition;
import org.apache.camel.model.SendDefinition;
import org.apache.camel.util.URISupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells of work that a saga's route does outside of any step: before its {@code <saga>}, or in it and in no block that joins the
 * saga. A route is run again after a crash, and so is that work.
 */
public final class OutsideOfSteps {

    private static final Logger LOGGER = LoggerFactory.getLogger(OutsideOfSteps.class);

    private OutsideOfSteps() {}

    /** Writes one warning that names it all; none when there is none. */
    public static void warn(CamelContext context) {
        List<String> lines = lines(context);
        if (!lines.isEmpty()) {
            LOGGER.warn(
                    "Routes of sagas do something outside of any step: {}. After a crash it is done again. Put each into a"
                            + " route of its own with a <saga> of propagation MANDATORY, or into the route that calls the"
                            + " saga's, or see to it that it may be done twice:\n{}",
                    lines.size(),
                    String.join("\n", lines));
        }
    }

    private static List<String> lines(CamelContext context) {
        List<String> lines = new ArrayList<>();
        RouteLinks links = new RouteLinks(context);
        Set<String> sentTo = links.sentTo();
        Predicate<RouteDefinition> isSentTo = route -> sentTo.contains(links.input(route));
        for (RouteDefinition route : links.routes()) {
            for (ProcessorDefinition<?> node : PlainWork.in(context, outside(isSentTo, route))) {
                lines.add("  %s: %s (saga %s)".formatted(RoutePlace.of(node, route), what(node), route.getRouteId()));
            }
        }
        return lines;
    }

    /** Without a password, should its URI have one. */
    private static String what(ProcessorDefinition<?> node) {
        return node instanceof SendDefinition<?> send
                ? "%s %s".formatted(node.getShortName(), URISupport.sanitizeUri(send.getEndpointUri()))
                : node.getShortName();
    }

    /** A block that would join a saga starts one where no route leads to it; one that declares something may be a step all the same. */
    private static boolean starts(Predicate<RouteDefinition> isSentTo, RouteDefinition route, SagaDefinition saga) {
        String propagation = saga.getPropagation() == null ? "REQUIRED" : saga.getPropagation();
        boolean declared = !DeclaredCallbacks.of(saga).isEmpty()
                || saga.getOptions() != null && !saga.getOptions().isEmpty();
        return propagation.equals("REQUIRES_NEW")
                || propagation.equals("REQUIRED") && !declared && !isSentTo.test(route);
    }

    /** What the route does beside its steps, if it can only start a saga, and not join one. */
    private static List<ProcessorDefinition<?>> outside(Predicate<RouteDefinition> isSentTo, RouteDefinition route) {
        SagaDefinition saga = RouteLinks.sagas(route).findFirst().orElse(null);
        if (saga == null || !starts(isSentTo, route, saga)) {
            return List.of();
        }
        List<ProcessorDefinition<?>> nodes = new ArrayList<>(route.getOutputs());
        nodes.addAll(saga.getOutputs());
        return nodes;
    }
}
