package dev.caravan.saga.camel;

import java.util.HashSet;
import java.util.Set;
import org.apache.camel.CamelContext;
import org.apache.camel.model.ProcessorDefinition;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.model.SagaDefinition;
import org.apache.camel.model.SagaPropagation;
import org.apache.camel.util.URISupport;

/**
 * Looks at what compensations and completions call, followed by {@code direct:} endpoints: a saga that is being ended takes
 * no more steps, so that a block there that joins it would fail each time. One that begins a saga of its own is well.
 */
final class CallbackBlocks {

    private final RouteLinks links;

    private CallbackBlocks(CamelContext context) {
        this.links = new RouteLinks(context);
    }

    /** @throws StartRefusedException a compensation or completion calls a block that joins its saga */
    static void check(CamelContext context) {
        CallbackBlocks blocks = new CallbackBlocks(context);
        blocks.links.routes().stream()
                .flatMap(RouteLinks::sagas)
                .flatMap(saga -> DeclaredCallbacks.of(saga).stream().map(uri -> blocks.links.plain(saga, uri)))
                .distinct()
                .forEach(plain -> blocks.follow(plain, plain, new HashSet<>()));
    }

    private void follow(String callback, String plain, Set<RouteDefinition> seen) {
        if (!plain.startsWith("direct:")) {
            return; // a message to a topic comes as a record of its own, even if this application reads it
        }
        links.to(plain).filter(seen::add).ifPresent(route -> {
            RouteLinks.sagas(route).forEach(saga -> checkBlock(callback, route, saga));
            calls(route, callback, seen);
        });
    }

    private void calls(ProcessorDefinition<?> node, String callback, Set<RouteDefinition> seen) {
        for (ProcessorDefinition<?> child : node.getOutputs()) {
            if (RouteLinks.sends(child)) {
                follow(callback, links.plain(child), seen);
            }
            calls(child, callback, seen);
        }
    }

    private void checkBlock(String callback, RouteDefinition route, SagaDefinition saga) {
        String propagation = saga.getPropagation() == null ? SagaPropagation.REQUIRED.name() : saga.getPropagation();
        boolean joins = propagation.equals(SagaPropagation.REQUIRED.name())
                || propagation.equals(SagaPropagation.MANDATORY.name())
                || propagation.equals(SagaPropagation.SUPPORTS.name());
        if (joins && !SagaBlocks.onlyEnds(links, saga)) {
            throw new StartRefusedException(
                    "Route %s (%s) is called by the compensation or completion %s, and its <saga> of propagation %s would join a saga that takes no more steps."
                            .formatted(
                                    route.getRouteId(),
                                    RoutePlace.of(saga, route),
                                    URISupport.sanitizeUri(callback),
                                    propagation),
                    "Let it be REQUIRES_NEW, for a saga of its own, or NOT_SUPPORTED.");
        }
    }
}
