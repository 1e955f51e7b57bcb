package dev.caravan.saga.camel;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.apache.camel.CamelContext;
import org.apache.camel.model.ExpressionNode;
import org.apache.camel.model.FromDefinition;
import org.apache.camel.model.LogDefinition;
import org.apache.camel.model.Model;
import org.apache.camel.model.PipelineDefinition;
import org.apache.camel.model.ProcessorDefinition;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.model.SagaDefinition;
import org.apache.camel.model.SendDefinition;
import org.apache.camel.model.StepDefinition;
import org.apache.camel.model.ToDynamicDefinition;
import org.apache.camel.model.language.ExpressionDefinition;
import org.apache.camel.model.language.MethodCallExpression;

/**
 * What a {@code <saga>} block does, by its definition: commands, which a participant knows again by its inbox, or
 * anything else, which nobody knows again. Other routes of the context are followed; what cannot be followed is plain
 * work. A block within the block is a step of its own.
 */
final class PlainWork {

    private static final String COMMAND = "saga-command:";

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
            "pipeline",
            "step",
            "threads",
            "throttle",
            "circuitBreaker",
            "onFallback",
            "transacted",
            "policy",
            "intercept");

    private enum First {
        NOTHING,
        COMMAND,
        PLAIN
    }

    private final Set<String> followed = new HashSet<>();
    private final List<RouteDefinition> routes;

    private PlainWork(CamelContext context) {
        Model model = context.getCamelContextExtension().getContextPlugin(Model.class);
        this.routes = model == null ? List.of() : model.getRouteDefinitions();
    }

    /** True when the block may have done something by other means than a command before its first command is answered. */
    static boolean comesFirst(CamelContext context, SagaDefinition block) {
        return new PlainWork(context).inOrder(block) == First.PLAIN;
    }

    /** True when there is nothing in the block but one command: its reply, which the log has, is all that it changes. */
    static boolean isOneCommand(SagaDefinition block) {
        List<ProcessorDefinition<?>> content = block.getOutputs().stream()
                .filter(node -> !(node instanceof LogDefinition))
                .toList();
        return content.size() == 1 && content.get(0) instanceof SendDefinition<?> send && isCommand(uri(send));
    }

    /**
     * What of these nodes, and of what they contain, is plain work, in their order. Routes of the context are followed, each
     * once; blocks are left out.
     */
    static List<ProcessorDefinition<?>> in(CamelContext context, List<ProcessorDefinition<?>> nodes) {
        List<ProcessorDefinition<?>> plain = new ArrayList<>();
        new PlainWork(context).collect(nodes, plain);
        return plain;
    }

    private void collect(List<ProcessorDefinition<?>> nodes, List<ProcessorDefinition<?>> plain) {
        for (ProcessorDefinition<?> node : nodes) {
            RouteDefinition called = node instanceof SendDefinition<?> send ? called(uri(send)) : null;
            if (node instanceof SagaDefinition) {
                continue;
            } else if (called != null) {
                if (followed.add(called.getRouteId())) {
                    collect(called.getOutputs(), plain);
                }
            } else if (CONTAINERS.contains(node.getShortName())) {
                collect(node.getOutputs(), plain);
            } else if (of(node) == First.PLAIN) {
                plain.add(node);
            }
        }
    }

    private First inOrder(ProcessorDefinition<?> node) {
        for (ProcessorDefinition<?> child : node.getOutputs()) {
            First first = of(child);
            if (first != First.NOTHING) {
                return first;
            }
        }
        return First.NOTHING;
    }

    private First of(ProcessorDefinition<?> node) {
        if (node instanceof SagaDefinition) {
            return First.NOTHING;
        } else if (node instanceof ToDynamicDefinition to) {
            return isCommand(lower(to.getUri())) ? First.COMMAND : First.PLAIN;
        } else if (node instanceof SendDefinition<?> send) {
            return of(uri(send));
        } else if (node instanceof ExpressionNode withExpression && calls(withExpression.getExpression())) {
            return First.PLAIN;
        } else if (CONTAINERS.contains(node.getShortName())) {
            boolean whole = node instanceof PipelineDefinition || node instanceof StepDefinition;
            return whole ? inOrder(node) : inAnyOrder(node);
        }
        return MESSAGE_ONLY.contains(node.getShortName()) ? First.NOTHING : First.PLAIN;
    }

    /** Of what may be left out, a command is no sign that what comes behind has not been done. */
    private First inAnyOrder(ProcessorDefinition<?> node) {
        return node.getOutputs().stream().anyMatch(child -> of(child) == First.PLAIN) ? First.PLAIN : First.NOTHING;
    }

    private First of(String uri) {
        if (isCommand(uri)) {
            return First.COMMAND;
        } else if (uri.startsWith("saga:") || uri.startsWith("log:")) {
            return First.NOTHING;
        }
        RouteDefinition called = called(uri);
        if (called == null) {
            return First.PLAIN;
        }
        return followed.add(called.getRouteId()) ? inOrder(called) : First.NOTHING;
    }

    /** {@code null}: it is none of this context. */
    private RouteDefinition called(String uri) {
        return routes.stream()
                .filter(route -> isInputOf(route, uri))
                .findFirst()
                .orElse(null);
    }

    private static boolean isInputOf(RouteDefinition route, String uri) {
        FromDefinition input = route.getInput();
        return input != null && plain(lower(input.getEndpointUri())).equals(plain(uri));
    }

    private static String plain(String uri) {
        int options = uri.indexOf('?');
        return (options < 0 ? uri : uri.substring(0, options)).replace("://", ":");
    }

    private static boolean isCommand(String uri) {
        return uri.startsWith(COMMAND);
    }

    private static String uri(SendDefinition<?> send) {
        return lower(send.getEndpointUri());
    }

    private static String lower(String uri) {
        return uri == null ? "" : uri.toLowerCase(Locale.ROOT);
    }

    private static boolean calls(ExpressionDefinition expression) {
        return expression instanceof MethodCallExpression
                || expression != null
                        && expression.getExpression() != null
                        && expression.getExpression().contains("bean:");
    }
}
