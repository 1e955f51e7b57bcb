package dev.caravan.saga.camel;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.camel.CamelContext;
import org.apache.camel.NamedNode;
import org.apache.camel.model.Model;
import org.apache.camel.model.ProcessorDefinitionHelper;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.model.SagaDefinition;
import org.apache.camel.model.SendDefinition;
import org.jspecify.annotations.Nullable;

/** Where the routes of a context lead: which one takes what is sent to an address, by their definitions. */
final class RouteLinks {

    static final String COMMAND = "saga-command:";
    static final String AWAIT = "saga-await:";

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
        return routes.stream()
                .filter(route -> route.getInput() != null && input(route).equals(plain))
                .findFirst();
    }

    private String input(RouteDefinition route) {
        return plain(route, route.getInput().getEndpointUri());
    }

    /** True when a route of the context sends to this one. */
    boolean isSentTo(RouteDefinition route) {
        String input = input(route);
        return routes.stream()
                .flatMap(other ->
                        ProcessorDefinitionHelper.filterTypeInOutputs(other.getOutputs(), SendDefinition.class)
                                .stream())
                .anyMatch(send -> plain(send).equals(input));
    }

    /** What a node sends to, {@linkplain #plain(NamedNode, String) plain}. */
    String plain(SendDefinition<?> send) {
        return plain(send, send.getEndpointUri());
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
    static boolean isCommand(String uri) {
        String address = uri == null ? "" : uri.toLowerCase(Locale.ROOT);
        return address.startsWith(COMMAND) || address.startsWith(AWAIT);
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
}
