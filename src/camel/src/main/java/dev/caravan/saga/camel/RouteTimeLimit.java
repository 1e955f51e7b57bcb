package dev.caravan.saga.camel;

import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.Route;
import org.apache.camel.model.Model;
import org.apache.camel.model.ProcessorDefinition;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.model.SagaDefinition;
import org.apache.camel.support.CamelContextHelper;
import org.apache.camel.support.ExchangeHelper;

/**
 * The timeout of the {@code <saga>} block that starts a saga. Camel tells it only when the block begins its step; here it
 * is needed before, so that an LRA has its limit from the start, whatever happens to the process then.
 */
final class RouteTimeLimit {

    private RouteTimeLimit() {}

    /** @return in ms; 0 when the route's block has none */
    static long of(Exchange exchange) {
        CamelContext context = exchange.getContext();
        Route route = ExchangeHelper.getRoute(exchange);
        Model model = context.getCamelContextExtension().getContextPlugin(Model.class);
        RouteDefinition definition =
                route == null || model == null ? null : model.getRouteDefinition(route.getRouteId());
        if (definition != null) {
            for (ProcessorDefinition<?> output : definition.getOutputs()) {
                if (output instanceof SagaDefinition saga && saga.getTimeout() != null) {
                    Long millis = CamelContextHelper.parseDuration(context, saga.getTimeout())
                            .toMillis();
                    return Math.max(0, millis);
                }
            }
        }
        return 0;
    }
}
