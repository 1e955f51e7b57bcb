package dev.caravan.saga.camel;

import java.util.List;
import java.util.concurrent.TimeoutException;
import org.apache.camel.AsyncCallback;
import org.apache.camel.AsyncProcessor;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangePropertyKey;
import org.apache.camel.Navigate;
import org.apache.camel.Processor;
import org.apache.camel.spi.UnitOfWork;
import org.apache.camel.support.AsyncProcessorConverterHelper;
import org.apache.camel.support.AsyncProcessorSupport;
import org.apache.camel.support.ExchangeHelper;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.UnitOfWorkHelper;

/**
 * A circuit breaker in a route that is run again, and that went into what it tries before: it does so again, and goes to the
 * fallback where that fails. Whether it is open, and its time limit, are of no account.
 */
final class BreakerAgain extends AsyncProcessorSupport {

    private final AsyncProcessor tried;
    private final AsyncProcessor fallback;

    private BreakerAgain(AsyncProcessor tried, AsyncProcessor fallback) {
        this.tried = tried;
        this.fallback = fallback;
    }

    /** @throws IllegalStateException something hides the breaker */
    static AsyncProcessor of(Processor breaker) {
        if (Wrapped.innermost(breaker) instanceof Navigate<?> parts && parts.hasNext()) {
            List<?> next = parts.next();
            return new BreakerAgain(part(next, 0), next.size() > 1 ? part(next, 1) : null);
        }
        throw new IllegalStateException(
                "A circuit breaker cannot be looked into: %s. Remove the InterceptStrategy that wraps it"
                        .formatted(breaker));
    }

    private static AsyncProcessor part(List<?> parts, int index) {
        return AsyncProcessorConverterHelper.convert((Processor) parts.get(index));
    }

    @Override
    public boolean process(Exchange exchange, AsyncCallback callback) {
        exchange.setProperty(ExchangePropertyKey.TRY_ROUTE_BLOCK, true);
        Exchange copy = ExchangeHelper.createCorrelatedCopy(exchange, false);
        UnitOfWork work = PluginHelper.getUnitOfWorkFactory(copy.getContext()).createUnitOfWork(copy);
        copy.getExchangeExtension().setUnitOfWork(work);
        work.pushRoute(ExchangeHelper.getRoute(exchange));
        tried.process(copy, doneSync -> {
            Exception failure = copy.getException();
            if (failure == null) {
                ExchangeHelper.copyResults(exchange, copy);
            }
            UnitOfWorkHelper.doneUow(work, copy);
            tell(exchange, failure);
            if (failure == null || fallback == null) {
                exchange.setException(failure);
                end(exchange, callback);
            } else {
                exchange.setProperty(ExchangePropertyKey.EXCEPTION_HANDLED, true);
                exchange.setProperty(ExchangePropertyKey.EXCEPTION_CAUGHT, failure);
                fallback.process(exchange, done -> end(exchange, callback));
            }
        });
        return false;
    }

    /** What Camel's breaker says of it, by which the route may go on. */
    private void tell(Exchange exchange, Exception failure) {
        exchange.setProperty(ExchangePropertyKey.CIRCUIT_BREAKER_RESPONSE_SUCCESSFUL_EXECUTION, failure == null);
        exchange.setProperty(
                ExchangePropertyKey.CIRCUIT_BREAKER_RESPONSE_FROM_FALLBACK, failure != null && fallback != null);
        exchange.setProperty(ExchangePropertyKey.CIRCUIT_BREAKER_RESPONSE_SHORT_CIRCUITED, false);
        if (failure instanceof TimeoutException) {
            exchange.setProperty(ExchangePropertyKey.CIRCUIT_BREAKER_RESPONSE_TIMED_OUT, true);
        }
    }

    private static void end(Exchange exchange, AsyncCallback callback) {
        exchange.removeProperty(ExchangePropertyKey.TRY_ROUTE_BLOCK);
        callback.done(false);
    }
}
