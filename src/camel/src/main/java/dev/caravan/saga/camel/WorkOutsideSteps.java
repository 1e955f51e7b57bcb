package dev.caravan.saga.camel;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.camel.CamelContext;
import org.apache.camel.model.Model;
import org.apache.camel.model.ProcessorDefinition;
import org.apache.camel.model.ProcessorDefinitionHelper;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.model.SagaDefinition;
import org.apache.camel.util.URISupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells of what stands in a saga's route outside of any step and may have an effect: after a crash the route is run again
 * from its beginning, and that with it.
 */
public final class WorkOutsideSteps {

    private static final Logger LOGGER = LoggerFactory.getLogger(WorkOutsideSteps.class);

    private final NodeWork nodes;
    private final RouteDefinition saga;
    private final Set<ProcessorDefinition<?>> found = new HashSet<>();
    private final Set<RouteDefinition> followed = new HashSet<>();
    private final List<String> lines;

    private WorkOutsideSteps(CamelContext context, RouteDefinition saga, List<String> lines) {
        this.nodes = new NodeWork(context);
        this.saga = saga;
        this.lines = lines;
    }

    /** Writes one warning that names all of it, with what to do; none when everything is in a step. */
    public static void warn(CamelContext context) {
        List<String> lines = lines(context);
        if (!lines.isEmpty()) {
            LOGGER.warn(
                    "Outside of any step: {}. After a crash, a saga's route is run again from its beginning, and this with it."
                            + " Put each into a step: a route of its own with a saga block of propagation MANDATORY. What only"
                            + " reads, or may be done twice, can stay:\n{}",
                    lines.size(),
                    String.join("\n", lines));
        }
    }

    /** One for each such node: the saga, the node, and where it is. */
    static List<String> lines(CamelContext context) {
        List<String> lines = new ArrayList<>();
        List<RouteDefinition> routes =
                context.getCamelContextExtension().getContextPlugin(Model.class).getRouteDefinitions();
        Set<RouteDefinition> within = within(context, routes);
        for (RouteDefinition route : routes) {
            if (route.getOutputs().stream().anyMatch(node -> starts(node, within.contains(route)))) {
                new WorkOutsideSteps(context, route, lines).find(List.copyOf(route.getOutputs()), route);
            }
        }
        return lines;
    }

    /** @param within the route is a part of another saga: a block that joins that is a step of it */
    private static boolean starts(ProcessorDefinition<?> node, boolean within) {
        return startsASaga(node) && !(within && !"REQUIRES_NEW".equals(((SagaDefinition) node).getPropagation()));
    }

    private static boolean startsASaga(ProcessorDefinition<?> node) {
        return node instanceof SagaDefinition block
                && !SagaBlocks.onlyEnds(block)
                && (block.getPropagation() == null || block.getPropagation().startsWith("REQUIRE"));
    }

    /** The routes that are sent to from within a saga block. */
    private static Set<RouteDefinition> within(CamelContext context, List<RouteDefinition> routes) {
        Set<RouteDefinition> within = new HashSet<>();
        NodeWork nodes = new NodeWork(context);
        routes.forEach(route -> ProcessorDefinitionHelper.filterTypeInOutputs(route.getOutputs(), SagaDefinition.class)
                .forEach(block -> reach(block, nodes, within)));
        return within;
    }

    private static void reach(ProcessorDefinition<?> node, NodeWork nodes, Set<RouteDefinition> within) {
        nodes.target(node).filter(within::add).ifPresent(target -> reach(target, nodes, within));
        node.getOutputs().forEach(child -> reach(child, nodes, within));
    }

    private void find(List<ProcessorDefinition<?>> all, RouteDefinition route) {
        for (ProcessorDefinition<?> node : all) {
            if (route == saga && startsASaga(node) && node.getParent() == route) {
                ofBlock((SagaDefinition) node, route);
            } else {
                find(node, route);
            }
        }
    }

    /** What its compensation undoes is a step's. */
    private void ofBlock(SagaDefinition block, RouteDefinition route) {
        if (block.getCompensation() == null) {
            find(List.copyOf(block.getOutputs()), route);
        }
    }

    private void find(ProcessorDefinition<?> node, RouteDefinition route) {
        switch (nodes.kind(node)) {
            case PLAIN -> {
                if (found.add(node)) {
                    lines.add(
                            "  saga %s: %s, %s".formatted(saga.getRouteId(), label(node), RoutePlace.of(node, route)));
                }
            }
            case SEQUENCE, PARTS -> {
                RouteDefinition target = nodes.target(node).orElse(null);
                if (target == null) {
                    find(nodes.nodes(node), route);
                } else if (followed.add(target)) {
                    find(nodes.nodes(node), target);
                }
            }
            default -> {}
        }
    }

    private static String label(ProcessorDefinition<?> node) {
        String label = node.getLabel();
        String name = node.getShortName();
        if (label == null || label.isBlank()) {
            return name;
        }
        String what = URISupport.sanitizeUri(label);
        return what.startsWith(name) ? what : name + " " + what;
    }
}
