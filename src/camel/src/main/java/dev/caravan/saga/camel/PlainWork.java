package dev.caravan.saga.camel;

import dev.caravan.saga.StepStatus;
import dev.caravan.saga.state.SagaState;
import dev.caravan.saga.state.StepState;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.camel.CamelContext;
import org.apache.camel.model.CatchDefinition;
import org.apache.camel.model.CircuitBreakerDefinition;
import org.apache.camel.model.FinallyDefinition;
import org.apache.camel.model.LogDefinition;
import org.apache.camel.model.MulticastDefinition;
import org.apache.camel.model.ProcessorDefinition;
import org.apache.camel.model.ProcessorDefinitionHelper;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.model.SagaDefinition;

/**
 * Whether the {@code <saga>} block of a step may have done something that nobody knows again: by its definition, and by how
 * far the log says that the saga has come. A command is known again by its participant's inbox, and a block within the block
 * is a step of its own; what stands behind one that is not over has not begun. Other routes of the context are followed.
 */
final class PlainWork {

    private enum Begun {
        NOTHING,
        PLAIN,

        /** What follows has not begun. */
        WAITS
    }

    private final NodeWork nodes;
    private final SagaState saga;
    private final StepState step;
    private final Set<RouteDefinition> followed = new HashSet<>();

    private PlainWork(CamelContext context, SagaState saga, StepState step) {
        this.nodes = new NodeWork(context);
        this.saga = saga;
        this.step = step;
    }

    /** @param step that the block is */
    static boolean mayHaveBegun(CamelContext context, SagaDefinition block, SagaState saga, StepState step) {
        PlainWork work = new PlainWork(context, saga, step);
        return work.inOrder(List.copyOf(block.getOutputs())) == Begun.PLAIN;
    }

    /** True when there is nothing in the block but one command: its reply, which the log has, is all that it changes. */
    static boolean isOneCommand(CamelContext context, SagaDefinition block) {
        List<ProcessorDefinition<?>> content = block.getOutputs().stream()
                .filter(node -> !(node instanceof LogDefinition))
                .<ProcessorDefinition<?>>map(node -> node)
                .toList();
        NodeWork work = new NodeWork(context);
        return content.size() == 1
                && work.kind(content.get(0)) == NodeWork.Kind.COMMAND
                && work.command(content.get(0)).isPresent();
    }

    /**
     * What of these nodes, and of what they contain, is plain work, in their order. Routes of the context are followed, each
     * once; blocks are left out.
     */
    static List<ProcessorDefinition<?>> in(CamelContext context, List<ProcessorDefinition<?>> nodes) {
        List<ProcessorDefinition<?>> plain = new ArrayList<>();
        collect(new NodeWork(context), nodes, new HashSet<>(), plain);
        return plain;
    }

    private static void collect(
            NodeWork work,
            List<ProcessorDefinition<?>> nodes,
            Set<RouteDefinition> followed,
            List<ProcessorDefinition<?>> plain) {
        for (ProcessorDefinition<?> node : nodes) {
            switch (work.kind(node)) {
                case PLAIN -> {
                    plain.add(node);
                    collect(work, work.nodes(node), followed, plain);
                }
                case SEQUENCE, PARTS -> {
                    RouteDefinition target = work.target(node).orElse(null);
                    if (target == null || followed.add(target)) {
                        collect(work, work.nodes(node), followed, plain);
                    }
                }
                default -> {}
            }
        }
    }

    private Begun inOrder(List<ProcessorDefinition<?>> all) {
        for (ProcessorDefinition<?> node : all) {
            Begun begun = of(node);
            if (begun != Begun.NOTHING) {
                return begun;
            }
        }
        return Begun.NOTHING;
    }

    private Begun of(ProcessorDefinition<?> node) {
        return switch (nodes.kind(node)) {
            case NOTHING -> Begun.NOTHING;
            case PLAIN -> Begun.PLAIN;
            case COMMAND -> nodes.command(node).map(this::isOver).orElse(hasAnyCommand()) ? Begun.NOTHING : Begun.WAITS;
            case STEP -> isToBeWaitedFor((SagaDefinition) node) ? Begun.WAITS : Begun.NOTHING;
            case SEQUENCE -> sequence(node);
            case PARTS -> parts(node);
        };
    }

    private Begun sequence(ProcessorDefinition<?> node) {
        RouteDefinition target = nodes.target(node).orElse(null);
        return target == null || followed.add(target) ? inOrder(nodes.nodes(node)) : Begun.NOTHING;
    }

    /** What waits in a part that may be left out, or in one of several at a time, does not hold up what follows. */
    private Begun parts(ProcessorDefinition<?> node) {
        boolean separate = node instanceof MulticastDefinition
                || node instanceof CircuitBreakerDefinition
                || nodes.nodes(node).stream()
                        .anyMatch(part -> part instanceof CatchDefinition || part instanceof FinallyDefinition);
        boolean plain = separate
                ? nodes.nodes(node).stream().anyMatch(part -> of(part) == Begun.PLAIN)
                : inOrder(nodes.nodes(node)) == Begun.PLAIN;
        return plain ? Begun.PLAIN : Begun.NOTHING;
    }

    private boolean isOver(String command) {
        return step.results().containsKey(command) || step.failures().containsKey(command);
    }

    private boolean hasAnyCommand() {
        return !step.results().isEmpty() || !step.failures().isEmpty() || step.attempts() > 0;
    }

    /** True for a block that joins the saga, if no step of its name is over. */
    private boolean isToBeWaitedFor(SagaDefinition block) {
        String propagation = block.getPropagation();
        boolean joins = propagation == null || !propagation.equals("REQUIRES_NEW");
        if (!joins || nodes.onlyEnds(block)) {
            return false;
        }
        String name = StepKinds.nameOf(ProcessorDefinitionHelper.getRoute(block));
        return saga.steps().stream()
                .filter(known -> known.step().name().equals(name))
                .noneMatch(known ->
                        known.left() != null || !known.failures().isEmpty() || known.status() != StepStatus.ENLISTED);
    }
}
