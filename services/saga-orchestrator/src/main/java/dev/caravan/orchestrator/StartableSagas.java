package dev.caravan.orchestrator;

import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.camel.CamelContext;
import org.apache.camel.model.EndpointRequiredDefinition;
import org.apache.camel.model.Model;
import org.apache.camel.model.ProcessorDefinition;
import org.apache.camel.model.ProcessorDefinitionHelper;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.model.SagaActionUriDefinition;
import org.apache.camel.model.SagaDefinition;
import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;
import org.springframework.web.ErrorResponseException;

/**
 * Which sagas may be started from outside, by what their routes are, in XML, Java and YAML alike. A route may be started
 * that takes {@code direct:<name>} and begins a saga (propagation REQUIRED or REQUIRES_NEW), and that is nobody's
 * compensation, completion or step.
 *
 * <p>{@code caravan.orchestrator.startable} names the only ones that may be, a step that begins a saga of its own among
 * them if need be; {@code caravan.orchestrator.not-startable} names more that may not. Nothing makes a compensation, a
 * completion, or a route that begins no saga startable. Routes are looked at when a saga is to be started, because they
 * may be loaded again.
 */
final class StartableSagas {

    private static final String DIRECT = "direct:";
    private static final Set<String> BEGINS = Set.of("REQUIRED", "REQUIRES_NEW");

    private final CamelContext context;
    private final Set<String> only;
    private final Set<String> never;

    /**
     * @param only empty: all that are nobody's step
     * @param never more than those that are not by what they are
     */
    StartableSagas(CamelContext context, Collection<String> only, Collection<String> never) {
        this.context = context;
        this.only = Set.copyOf(only);
        this.never = Set.copyOf(never);
    }

    /** @throws ErrorResponseException that says why it may not: 404 without a route, and 409 otherwise */
    void check(String name) {
        Map<String, RouteDefinition> routes = routes();
        String uri = DIRECT + name;
        RouteDefinition route = routes.get(uri);
        if (route == null) {
            throw problem(HttpStatus.NOT_FOUND, "No route begins with " + uri);
        }
        String refusal = refusal(name, uri, route, routes);
        if (refusal != null) {
            throw problem(HttpStatus.CONFLICT, "No saga was started: " + refusal);
        }
    }

    private String refusal(String name, String uri, RouteDefinition route, Map<String, RouteDefinition> routes) {
        if (sagas(route).noneMatch(this::begins)) {
            return "route %s begins none".formatted(route.getRouteId());
        }
        if (routes.values().stream()
                .flatMap(StartableSagas::sagas)
                .flatMap(this::callbacks)
                .anyMatch(uri::equals)) {
            return "route %s is a compensation or completion".formatted(route.getRouteId());
        }
        if (never.contains(name)) {
            return "caravan.orchestrator.not-startable names " + name;
        }
        if (!only.isEmpty()) {
            return only.contains(name) ? null : "caravan.orchestrator.startable does not name " + name;
        }
        return steps(routes).contains(uri)
                ? "route %s is a step of another saga; if it may be started, name it in caravan.orchestrator.startable"
                        .formatted(route.getRouteId())
                : null;
    }

    /** What is called within sagas, and by what is called there. */
    private Set<String> steps(Map<String, RouteDefinition> routes) {
        Set<String> steps = new HashSet<>();
        Deque<String> open = new ArrayDeque<>();
        routes.values().stream()
                .flatMap(StartableSagas::sagas)
                .flatMap(saga -> called(saga.getOutputs()))
                .forEach(open::add);
        while (!open.isEmpty()) {
            String uri = open.remove();
            RouteDefinition route = routes.get(uri);
            if (steps.add(uri) && route != null) {
                called(route.getOutputs()).forEach(open::add);
            }
        }
        return steps;
    }

    private Stream<String> called(List<ProcessorDefinition<?>> outputs) {
        return ProcessorDefinitionHelper.filterTypeInOutputs(outputs, ProcessorDefinition.class).stream()
                .filter(EndpointRequiredDefinition.class::isInstance)
                .map(step -> name(((EndpointRequiredDefinition) step).getEndpointUri()));
    }

    private static Stream<SagaDefinition> sagas(RouteDefinition route) {
        return ProcessorDefinitionHelper.filterTypeInOutputs(route.getOutputs(), SagaDefinition.class).stream();
    }

    private boolean begins(SagaDefinition saga) {
        String propagation = saga.getPropagation();
        return propagation == null || BEGINS.contains(context.resolvePropertyPlaceholders(propagation));
    }

    private Stream<String> callbacks(SagaDefinition saga) {
        return Stream.of(saga.getCompensation(), saga.getCompletion())
                .filter(action -> action != null)
                .map(SagaActionUriDefinition::getUri)
                .map(this::name);
    }

    private Map<String, RouteDefinition> routes() {
        Map<String, RouteDefinition> routes = new HashMap<>();
        context.getCamelContextExtension()
                .getContextPlugin(Model.class)
                .getRouteDefinitions()
                .forEach(route -> routes.put(name(route.getInput().getEndpointUri()), route));
        return routes;
    }

    private String name(String uri) {
        return context.resolvePropertyPlaceholders(uri)
                .replaceFirst("\\?.*", "")
                .replaceFirst("^direct:(//)?", DIRECT);
    }

    private static ErrorResponseException problem(HttpStatus status, String detail) {
        return new ErrorResponseException(status, ProblemDetail.forStatusAndDetail(status, detail), null);
    }
}
