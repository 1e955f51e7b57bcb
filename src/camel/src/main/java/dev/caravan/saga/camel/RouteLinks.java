package dev.caravan.saga.camel;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.camel.CamelContext;
import org.apache.camel.NamedNode;
import org.apache.camel.model.Model;
import org.apache.camel.model.ProcessorDefinition;
import org.apache.camel.model.ProcessorDefinitionHelper;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.model.SagaDefinition;
import org.apache.camel.model.SendDefinition;
import org.apache.camel.model.ToDynamicDefinition;
import org.apache.camel.model.WireTapDefinition;
import org.jspecify.annotations.Nullable;

/** Where the routes of a context lead: which one takes what is sent to an address, by their definitions. */
final class RouteLinks {

    static final String COMMAND = "saga-command:";
    static final String AWAIT = "saga-await:";
    static final String SIGNAL = "saga:";

    /** What is sent by these stays in memory, and is lost with it. */
    private static final List<String> IN_PROCESS =
            List.of("direct:", "seda:", "disruptor:", "disruptor-vm:", "stub:", "vm:", "direct-vm:");

    private final CamelContext context;
    private final List<RouteDefinition> routes;

    RouteLinks(CamelContext context) {
        this.context = context;
        Model model = context.getCamelContextExtension().getContextPlugin(Model.class);
        this.routes = model == null ? List.of() : model.getRouteDefinitions();
    }

    List<RouteDefinition> routes() {
        return routes;
    }

    /** The route that takes what is sent to a {@linkplain #plain plain} address. */
    Optional<RouteDefinition> to(String plain) {
        return RouteInputs.of(context).at(plain, routes, this::input);
    }

    /** The same, if nothing leaves the process on the way. What does is an effect, whoever takes it. */
    Optional<RouteDefinition> within(String plain) {
        return IN_PROCESS.stream().anyMatch(plain::startsWith) ? to(plain) : Optional.empty();
    }

    String input(RouteDefinition route) {
        return plain(route, route.getInput().getEndpointUri());
    }

    /** What all routes of the context send to, {@linkplain #plain(NamedNode) plain}. */
    Set<String> sentTo() {
        return routes.stream().flatMap(this::sentBy).collect(Collectors.toSet());
    }

    /** What a route sends to, {@linkplain #plain(NamedNode) plain}. */
    Stream<String> sentBy(RouteDefinition route) {
        return ProcessorDefinitionHelper.filterTypeInOutputs(route.getOutputs(), ProcessorDefinition.class).stream()
                .map(this::plain)
                .filter(plain -> !plain.isEmpty());
    }

    /** True for a node that sends its message to one endpoint, and waits until it has been taken. */
    static boolean sends(NamedNode node) {
        return node instanceof SendDefinition<?>
                || node instanceof ToDynamicDefinition && !(node instanceof WireTapDefinition<?>);
    }

    /** What a node sends to, {@linkplain #plain(NamedNode, String) plain}; empty for a node that sends nothing. */
    String plain(NamedNode node) {
        if (node instanceof SendDefinition<?> send) {
            return plain(send, send.getEndpointUri());
        }
        return node instanceof ToDynamicDefinition dynamic
                ? plain(
                        dynamic,
                        dynamic.getEndpointProducerBuilder() == null
                                ? dynamic.getUri()
                                : dynamic.getEndpointProducerBuilder().getRawUri())
                : "";
    }

    /** True when only the message tells what an address is. */
    static boolean isDynamic(String plain) {
        return plain.contains("${") || plain.contains("$simple{") || plain.contains("language:");
    }

    /**
     * An address that a node names, with its placeholders resolved, and those of the template that its route is made of, and
     * without its options; empty for {@code null}.
     */
    String plain(NamedNode node, @Nullable String uri) {
        return uri == null ? "" : withoutOptions(context.resolvePropertyPlaceholders(withParameters(node, uri)));
    }

    /** Camel itself has the parameters of a template among its properties only while it makes a route of it. */
    private static String withParameters(NamedNode node, String uri) {
        RouteDefinition route = ProcessorDefinitionHelper.getRoute(node);
        if (route == null || route.getTemplateParameters() == null || !uri.contains("{{")) {
            return uri;
        }
        String text = uri;
        for (Map.Entry<String, Object> parameter : route.getTemplateParameters().entrySet()) {
            text = text.replaceAll(
                    "\\{\\{\\s*\\??" + Pattern.quote(parameter.getKey()) + "\\s*(:[^{}]*)?}}",
                    Matcher.quoteReplacement(String.valueOf(parameter.getValue())));
        }
        return text;
    }

    static String withoutOptions(String uri) {
        int options = uri.indexOf('?');
        return (options < 0 ? uri : uri.substring(0, options)).replace("://", ":");
    }

    /** True for a step that waits for an answer, also of whom nothing was asked. */
    static boolean isCommand(String plain) {
        return isOf(COMMAND, plain) || isOf(AWAIT, plain);
    }

    /** True for an address that begins with a scheme, in whatever case. */
    static boolean isOf(String scheme, String plain) {
        return plain.toLowerCase(Locale.ROOT).startsWith(scheme);
    }

    /** What the command is called that is sent to a {@linkplain #plain plain} address. */
    static String command(String plain) {
        return plain.substring(Math.max(plain.lastIndexOf('/'), plain.lastIndexOf(':')) + 1);
    }

    /** The {@code <saga>} blocks with which a route begins or that stand in it by themselves, not those within others. */
    static Stream<SagaDefinition> sagas(RouteDefinition route) {
        return route.getOutputs().stream()
                .filter(SagaDefinition.class::isInstance)
                .map(SagaDefinition.class::cast);
    }

    /** A line for each node in the blocks of the routes: where a person finds it, and the saga. */
    List<String> placesIn(Function<SagaDefinition, Stream<? extends NamedNode>> nodes) {
        return routes.stream()
                .flatMap(route -> sagas(route).flatMap(nodes).map(node -> "  %s (saga %s)"
                        .formatted(RoutePlace.of(node, route), route.getRouteId())))
                .toList();
    }
}
