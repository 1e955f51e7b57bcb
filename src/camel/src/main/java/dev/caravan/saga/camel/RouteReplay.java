package dev.caravan.saga.camel;

import dev.caravan.saga.Printable;
import dev.caravan.saga.engine.LiveSaga;
import dev.caravan.saga.engine.SagaHost;
import dev.caravan.saga.engine.SagaLogger;
import dev.caravan.saga.state.SagaEvent;
import org.apache.camel.AsyncProcessor;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangePattern;
import org.apache.camel.Route;
import org.apache.camel.support.AsyncProcessorConverterHelper;
import org.slf4j.Logger;

/**
 * Forward recovery: runs the route of a saga again with the message that START recorded. What is in the log is not done
 * again: steps find their enlistment, commands their result.
 *
 * <p>The message is as it was when the {@code <saga>} block began; what stands before the block in the route runs again.
 */
final class RouteReplay {

    private static final Logger LOGGER = SagaLogger.of(RouteReplay.class);

    private final CamelContext context;
    private final SagaHost host;

    /** @param host whose threads for routes run them */
    RouteReplay(CamelContext context, SagaHost host) {
        this.context = context;
        this.host = host;
    }

    /** Runs the route once more in the same instance: what it has done is found again. */
    void again(LiveSaga saga) {
        saga.runAgain();
        run(saga);
    }

    /** Goes on with a saga. Its end is in the log, as that of any other. */
    void run(LiveSaga saga) {
        SagaEvent.Start start = saga.state().started();
        Route route = RouteShapes.of(context).again(start);
        if (route == null && start.route() != null && start.route().from() != null) {
            OtherPaths.await(
                    saga,
                    "its route %s from %s is not found again: ids that Camel makes have moved, those of its steps, too"
                            .formatted(start.name(), start.route().from()));
            return;
        }
        if (route == null) {
            LOGGER.warn(
                    "Saga {} waits: its route {} is missing. Deploy the route and restart",
                    saga,
                    Printable.of(start.name()));
            return;
        }
        Exchange exchange = route.getEndpoint().createExchange(ExchangePattern.InOut);
        exchange.getExchangeExtension().setFromRouteId(route.getRouteId());
        saga.recorded().goBy(RouteShapes.of(context).of(route));
        try {
            KeptMessage.of(start).restore(exchange);
        } catch (RuntimeException e) {
            LOGGER.warn(
                    "Saga {} waits: its message cannot be read. {}. Then restart", saga, Printable.of(e.getMessage()));
            return;
        }
        SagaContext.of(exchange).resuming(saga).on(exchange);
        AsyncProcessor processor = AsyncProcessorConverterHelper.convert(route.getProcessor());
        host.threads()
                .routes()
                .run(() -> processor.process(
                        exchange,
                        doneSync -> LOGGER.debug("Route {} of saga {} ran again", Printable.of(start.name()), saga)));
    }
}
