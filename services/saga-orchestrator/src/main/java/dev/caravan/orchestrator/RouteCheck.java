package dev.caravan.orchestrator;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.camel.CamelContext;
import org.apache.camel.model.EndpointRequiredDefinition;
import org.apache.camel.model.Model;
import org.apache.camel.model.OptionalIdentifiedDefinition;
import org.apache.camel.model.ProcessorDefinition;
import org.apache.camel.model.ProcessorDefinitionHelper;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.model.SagaActionUriDefinition;
import org.apache.camel.model.SagaDefinition;
import org.apache.camel.spring.boot.CamelContextConfiguration;

/**
 * Looks at all routes before they start: each endpoint can be made, and what is called with {@code direct} is there, the
 * compensations and completions of sagas too. Camel itself would find that out when a saga has to be undone.
 */
final class RouteCheck implements CamelContextConfiguration {

    private static final String DIRECT = "direct:";

    @Override
    public void beforeApplicationStart(CamelContext context) {
        List<RouteDefinition> routes =
                context.getCamelContextExtension().getContextPlugin(Model.class).getRouteDefinitions();
        Set<String> there = routes.stream()
                .map(route -> name(resolved(context, route, route.getInput().getEndpointUri())))
                .collect(Collectors.toSet());
        routes.forEach(route -> check(context, route, there));
    }

    @Override
    public void afterApplicationStart(CamelContext context) {}

    private static void check(CamelContext context, RouteDefinition route, Set<String> there) {
        endpoint(
                context,
                route,
                route.getInput().getEndpointUri(),
                route.getInput().getLineNumber());
        @SuppressWarnings("rawtypes")
        Collection<ProcessorDefinition> steps =
                ProcessorDefinitionHelper.filterTypeInOutputs(route.getOutputs(), ProcessorDefinition.class);
        for (ProcessorDefinition<?> step : steps) {
            if (step instanceof EndpointRequiredDefinition required) {
                endpoint(context, route, required.getEndpointUri(), step.getLineNumber());
                called(context, route, step, required.getEndpointUri(), there);
            } else if (step instanceof SagaDefinition saga) {
                for (String uri : callbacks(saga)) {
                    endpoint(context, route, uri, step.getLineNumber());
                    called(context, route, step, uri, there);
                }
            }
        }
    }

    private static List<String> callbacks(SagaDefinition saga) {
        List<String> uris = new ArrayList<>();
        for (SagaActionUriDefinition action :
                new SagaActionUriDefinition[] {saga.getCompensation(), saga.getCompletion()}) {
            if (action != null) {
                uris.add(action.getUri());
            }
        }
        return uris;
    }

    private static void endpoint(CamelContext context, RouteDefinition route, String uri, int line) {
        try {
            context.getEndpoint(context.resolvePropertyPlaceholders(uri));
        } catch (Exception e) {
            throw RouteFileProblem.explainEndpoint(file(route), line, uri, e);
        }
    }

    private static void called(
            CamelContext context,
            RouteDefinition route,
            OptionalIdentifiedDefinition<?> step,
            String uri,
            Set<String> there) {
        String resolved = resolved(context, route, uri);
        if (resolved.startsWith(DIRECT) && !there.contains(name(resolved))) {
            throw new RouteFileException(
                    file(route),
                    step.getLineNumber(),
                    "No route begins with " + name(resolved),
                    "Add one with <from uri=\"%s\"/>, or correct the name".formatted(name(resolved)),
                    null);
        }
    }

    private static String resolved(CamelContext context, RouteDefinition route, String uri) {
        try {
            return context.resolvePropertyPlaceholders(uri);
        } catch (RuntimeException e) {
            throw RouteFileProblem.explainEndpoint(file(route), route.getLineNumber(), uri, e);
        }
    }

    private static String name(String uri) {
        return uri.replaceFirst("\\?.*", "").replaceFirst("^direct://", DIRECT);
    }

    private static Path file(RouteDefinition route) {
        String location = route.getResource() == null
                ? route.getLocation()
                : route.getResource().getLocation();
        return Path.of(location == null ? "(route %s)".formatted(route.getId()) : location.replaceFirst("^file:", ""));
    }
}
