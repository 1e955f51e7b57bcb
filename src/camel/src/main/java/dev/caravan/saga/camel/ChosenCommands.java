package dev.caravan.saga.camel;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.camel.CamelContext;
import org.apache.camel.model.CircuitBreakerDefinition;
import org.apache.camel.model.ProcessorDefinition;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.model.SagaDefinition;

/**
 * Which commands a {@code <saga>} block chooses at run time: by its definition, it may send them or not. What it chose is
 * written down before it is sent, so that the block, run again, is not taken for one that chooses the same. Routes of the
 * context are followed. Thread-safe.
 */
final class ChosenCommands {

    /** Of these, what is inside may be left out. */
    private static final Set<String> CHOICES = Set.of("choice", "filter", "doCatch");

    private final CamelContext context;
    private final SagaDefinition block;
    private final Map<String, Boolean> chosen = new ConcurrentHashMap<>(2);

    ChosenCommands(CamelContext context, SagaDefinition block) {
        this.context = context;
        this.block = block;
    }

    boolean contain(String command) {
        return chosen.computeIfAbsent(
                command, name -> !isCertain(new NodeWork(context), block.getOutputs(), name, new HashSet<>()));
    }

    private static boolean isCertain(
            NodeWork work, List<ProcessorDefinition<?>> nodes, String command, Set<RouteDefinition> followed) {
        for (ProcessorDefinition<?> node : nodes) {
            boolean certain =
                    switch (work.kind(node)) {
                        case COMMAND ->
                            work.command(node).filter(command::equals).isPresent();
                        case SEQUENCE, PARTS ->
                            !CHOICES.contains(node.getShortName())
                                    && work.target(node).map(followed::add).orElse(true)
                                    && isCertain(work, parts(work, node), command, followed);
                        default -> false;
                    };
            if (certain) {
                return true;
            }
        }
        return false;
    }

    /** Whether a circuit breaker falls back depends on what was before. */
    private static List<ProcessorDefinition<?>> parts(NodeWork work, ProcessorDefinition<?> node) {
        return node instanceof CircuitBreakerDefinition ? node.getOutputs() : work.nodes(node);
    }
}
