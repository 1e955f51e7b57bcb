package dev.caravan.saga.camel;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.camel.CamelContext;
import org.apache.camel.model.CircuitBreakerDefinition;
import org.apache.camel.model.ExpressionNode;
import org.apache.camel.model.PipelineDefinition;
import org.apache.camel.model.ProcessorDefinition;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.model.SagaDefinition;
import org.apache.camel.model.StepDefinition;
import org.apache.camel.model.WireTapDefinition;
import org.apache.camel.model.language.ExpressionDefinition;
import org.apache.camel.model.language.MethodCallExpression;

/** What a node of a route does, by its definition. What cannot be looked into is plain work. */
final class NodeWork {

    /** These change the message or the way of it, and nothing outside. */
    private static final Set<String> MESSAGE_ONLY = Set.of(
            "setBody",
            "setHeader",
            "setHeaders",
            "setProperty",
            "setVariable",
            "setVariables",
            "transform",
            "removeHeader",
            "removeHeaders",
            "removeProperty",
            "removeProperties",
            "removeVariable",
            "convertBodyTo",
            "convertHeaderTo",
            "convertVariableTo",
            "marshal",
            "unmarshal",
            "validate",
            "claimCheck",
            "setExchangePattern",
            "sort",
            "delay",
            "log",
            "stop",
            "throwException",
            "rollback",
            "onException",
            "onCompletion");

    private static final Set<String> CONTAINERS = Set.of(
            "choice",
            "when",
            "otherwise",
            "filter",
            "split",
            "loop",
            "multicast",
            "doTry",
            "doCatch",
            "doFinally",
            "threads",
            "throttle",
            "circuitBreaker",
            "onFallback",
            "loadBalance",
            "transacted",
            "policy",
            "intercept");

    enum Kind {

        /** It changes the message or the way of it, or ends the saga. */
        NOTHING,

        /** A participant knows it again by its inbox. */
        COMMAND,

        /** Nobody knows it again. */
        PLAIN,

        /** A block that is a step of its own. */
        STEP,

        /** Its nodes run one after another, and all of them. */
        SEQUENCE,

        /** Any of its nodes may be left out. */
        PARTS
    }

    private final RouteLinks links;

    NodeWork(CamelContext context) {
        this.links = new RouteLinks(context);
    }

    Kind kind(ProcessorDefinition<?> node) {
        if (node instanceof SagaDefinition saga) {
            return isOutsideOfSagas(saga) ? Kind.SEQUENCE : Kind.STEP;
        } else if (node instanceof WireTapDefinition<?>) {
            return RouteLinks.isCommand(links.plain(node)) ? Kind.COMMAND : Kind.PLAIN;
        } else if (RouteLinks.sends(node)) {
            return kind(links.plain(node));
        } else if (node instanceof ExpressionNode withExpression && calls(withExpression.getExpression())) {
            return Kind.PLAIN;
        } else if (node instanceof PipelineDefinition || node instanceof StepDefinition) {
            return Kind.SEQUENCE;
        } else if (CONTAINERS.contains(node.getShortName())) {
            return Kind.PARTS;
        }
        return MESSAGE_ONLY.contains(node.getShortName()) ? Kind.NOTHING : Kind.PLAIN;
    }

    private Kind kind(String plain) {
        if (RouteLinks.isCommand(plain)) {
            return Kind.COMMAND;
        } else if (RouteLinks.isOf(RouteLinks.SIGNAL, plain) || plain.startsWith("log:")) {
            return Kind.NOTHING;
        }
        return links.within(plain).isPresent() ? Kind.SEQUENCE : Kind.PLAIN;
    }

    /** NOT_SUPPORTED and NEVER: the block is in no saga. */
    private static boolean isOutsideOfSagas(SagaDefinition saga) {
        return saga.getPropagation() != null && saga.getPropagation().startsWith("N");
    }

    /** The nodes of a sequence or of parts; those of the route that it sends to, if it sends to one. */
    List<ProcessorDefinition<?>> nodes(ProcessorDefinition<?> node) {
        if (RouteLinks.sends(node)) {
            return target(node).map(NodeWork::outputs).orElse(List.of());
        }
        List<ProcessorDefinition<?>> nodes = outputs(node);
        if (node instanceof CircuitBreakerDefinition breaker && breaker.getOnFallback() != null) {
            nodes.addAll(breaker.getOnFallback().getOutputs());
        }
        return nodes;
    }

    private static List<ProcessorDefinition<?>> outputs(ProcessorDefinition<?> node) {
        return new ArrayList<>(node.getOutputs());
    }

    /** A block that is there to end the saga, and asks nothing of a participant. */
    boolean onlyEnds(SagaDefinition block) {
        return SagaBlocks.onlyEnds(links, block);
    }

    /** The route of this context that a node sends to. */
    Optional<RouteDefinition> target(ProcessorDefinition<?> node) {
        return RouteLinks.sends(node) ? links.within(links.plain(node)) : Optional.empty();
    }

    /** What the command of a node that sends one is called; empty: it is not known before it is sent. */
    Optional<String> command(ProcessorDefinition<?> node) {
        String plain = links.plain(node);
        return RouteLinks.isDynamic(plain) ? Optional.empty() : Optional.of(RouteLinks.command(plain));
    }

    private static boolean calls(ExpressionDefinition expression) {
        return expression instanceof MethodCallExpression
                || expression != null
                        && expression.getExpression() != null
                        && expression.getExpression().contains("bean:");
    }
}
