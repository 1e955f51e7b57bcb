package dev.caravan.saga.camel;

import dev.caravan.saga.engine.OpenSteps.Open;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.camel.CamelContext;
import org.apache.camel.DelegateProcessor;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.model.Model;
import org.apache.camel.model.ProcessorDefinition;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.model.SagaDefinition;
import org.apache.camel.model.SendDefinition;
import org.apache.camel.model.WireTapDefinition;
import org.apache.camel.processor.WireTapProcessor;
import org.apache.camel.support.SynchronizationAdapter;

/**
 * The branches that a wire tap takes: the saga does not complete while one is on its way to a step of it. One that calls no
 * step, as far as its definition tells, is not waited for.
 */
final class TappedBranches implements Processor {

    private final CamelContext context;
    private final String uri;
    private final Processor prepares;
    private Boolean comesToSteps;

    private TappedBranches(CamelContext context, String uri, Processor prepares) {
        this.context = context;
        this.uri = uri;
        this.prepares = prepares;
    }

    static void watch(CamelContext context, WireTapDefinition<?> tap, Processor target) {
        Processor found = target;
        while (!(found instanceof WireTapProcessor) && found instanceof DelegateProcessor delegate) {
            found = delegate.getProcessor();
        }
        if (found instanceof WireTapProcessor processor) {
            processor.setOnPrepare(new TappedBranches(context, tap.getUri(), processor.getOnPrepare()));
        }
    }

    /** The message is the branch's from here on. */
    @Override
    public void process(Exchange branch) throws Exception {
        if (prepares != null) {
            prepares.process(branch);
        }
        PresentRun run = SagaRun.current(branch).orElse(null);
        if (run == null || run.hasEnded() || !comesToSteps()) {
            return;
        }
        Open aside = run.saga().open().aside(branch.getExchangeId());
        branch.getExchangeExtension().addOnCompletion(new SynchronizationAdapter() {
            @Override
            public void onDone(Exchange done) {
                aside.end();
            }
        });
    }

    private synchronized boolean comesToSteps() {
        if (comesToSteps == null) {
            List<RouteDefinition> routes = context.getCamelContextExtension()
                    .getContextPlugin(Model.class)
                    .getRouteDefinitions();
            comesToSteps = comesToSteps(routes, uri, new HashSet<>());
        }
        return comesToSteps;
    }

    private boolean comesToSteps(List<RouteDefinition> routes, String to, Set<String> seen) {
        String wanted = plain(to);
        return wanted.startsWith("saga-command:")
                || wanted.contains("${")
                || routes.stream()
                        .filter(route -> plain(route.getInput().getEndpointUri()).equals(wanted))
                        .filter(route -> seen.add(route.getRouteId()))
                        .anyMatch(route -> comesToSteps(routes, route, seen));
    }

    private boolean comesToSteps(List<RouteDefinition> routes, ProcessorDefinition<?> node, Set<String> seen) {
        return node.getOutputs().stream()
                .anyMatch(child -> child instanceof SagaDefinition
                        || child instanceof SendDefinition<?> send
                                && send.getEndpointUri() != null
                                && comesToSteps(routes, send.getEndpointUri(), seen)
                        || comesToSteps(routes, child, seen));
    }

    private String plain(String text) {
        String resolved = context.resolvePropertyPlaceholders(text);
        int options = resolved.indexOf('?');
        return (options < 0 ? resolved : resolved.substring(0, options)).replace("://", ":");
    }
}
