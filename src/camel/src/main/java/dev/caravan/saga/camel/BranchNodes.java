package dev.caravan.saga.camel;

import dev.caravan.saga.engine.BranchPaths;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.apache.camel.NamedNode;
import org.apache.camel.model.CircuitBreakerDefinition;
import org.apache.camel.model.LoopDefinition;
import org.apache.camel.model.MulticastDefinition;
import org.apache.camel.model.ProcessorDefinition;
import org.apache.camel.model.ProcessorDefinitionHelper;
import org.apache.camel.model.RecipientListDefinition;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.model.SplitDefinition;
import org.apache.camel.model.WireTapDefinition;
import org.jspecify.annotations.Nullable;

/**
 * What the nodes of a route are called in paths that divide the message or go round: by their id where they have one of
 * their own, or else by their route and their place among those of their kind in it, which changes only with these.
 */
final class BranchNodes {

    private BranchNodes() {}

    /** What the node does with the message; {@code null}: nothing that makes a branch. */
    static @Nullable String kind(NamedNode node) {
        if (node instanceof SplitDefinition) {
            return Division.PART;
        } else if (node instanceof MulticastDefinition || node instanceof RecipientListDefinition) {
            return Division.BRANCH;
        } else if (node instanceof WireTapDefinition) {
            return BranchPaths.ASIDE;
        }
        return node instanceof LoopDefinition
                ? BranchPaths.ROUND
                : node instanceof CircuitBreakerDefinition ? Division.TRIED : null;
    }

    /** True when its branches may be given up before they have come to their ends. */
    static boolean stops(NamedNode node) {
        if (node instanceof SplitDefinition split) {
            return stops(split.getParallelProcessing(), split.getStopOnException(), split.getTimeout());
        } else if (node instanceof MulticastDefinition multicast) {
            return stops(multicast.getParallelProcessing(), multicast.getStopOnException(), multicast.getTimeout());
        }
        return node instanceof RecipientListDefinition<?> list
                && stops(list.getParallelProcessing(), list.getStopOnException(), list.getTimeout());
    }

    /** What a placeholder says is not looked for. */
    private static boolean stops(String parallel, String stopOnException, String timeout) {
        return parallel != null && !"false".equals(parallel) && (isSaid(stopOnException) || isSaid(timeout));
    }

    private static boolean isSaid(String value) {
        return value != null && !"false".equals(value) && !"0".equals(value);
    }

    static String name(ProcessorDefinition<?> node) {
        if (hasOwnId(node)) {
            return plain(node.getId());
        }
        RouteDefinition route = ProcessorDefinitionHelper.getRoute(node);
        if (route == null) {
            return ":"; // of an error handler of all routes
        }
        List<NamedNode> alike = new ArrayList<>();
        collect(route.getOutputs(), kind(node), alike);
        return "%s:%d".formatted(hasOwnId(route) ? plain(RouteVersions.nameOf(route)) : "", alike.indexOf(node));
    }

    private static boolean hasOwnId(ProcessorDefinition<?> node) {
        return Boolean.TRUE.equals(node.hasCustomIdAssigned());
    }

    private static void collect(List<ProcessorDefinition<?>> nodes, @Nullable String kind, List<NamedNode> alike) {
        for (ProcessorDefinition<?> child : nodes) {
            if (Objects.equals(kind, kind(child))) {
                alike.add(child);
            }
            collect(child.getOutputs(), kind, alike);
            if (child instanceof CircuitBreakerDefinition breaker && breaker.getOnFallback() != null) {
                collect(breaker.getOnFallback().getOutputs(), kind, alike);
            }
        }
    }

    /** Without what has a meaning in a path. */
    private static String plain(String id) {
        return id.replaceAll("[/@+~\\s]", "_");
    }
}
