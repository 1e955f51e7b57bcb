package dev.caravan.saga.camel;

import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.camel.AsyncCallback;
import org.apache.camel.AsyncProcessor;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangePropertyKey;
import org.apache.camel.Navigate;
import org.apache.camel.Processor;
import org.apache.camel.model.CircuitBreakerDefinition;
import org.apache.camel.model.Resilience4jConfigurationDefinition;
import org.apache.camel.spi.UnitOfWork;
import org.apache.camel.support.AsyncProcessorConverterHelper;
import org.apache.camel.support.AsyncProcessorSupport;
import org.apache.camel.support.ExchangeHelper;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.UnitOfWorkHelper;
import org.apache.camel.util.ObjectHelper;
import org.jspecify.annotations.Nullable;

/**
 * A circuit breaker in a route that is run again, and that went into what it tries before: it does so again, and goes to the
 * fallback where that fails, unless the breaker takes that failure for none. Whether it is open, and its time limit, are of no
 * account.
 */
final class BreakerAgain extends AsyncProcessorSupport {

    private final AsyncProcessor tried;
    private final @Nullable AsyncProcessor fallback;
    private final List<Class<?>> ignored;
    private final List<Class<?>> recorded;

    private BreakerAgain(
            AsyncProcessor tried, @Nullable AsyncProcessor fallback, List<Class<?>> ignored, List<Class<?>> recorded) {
        this.tried = tried;
        this.fallback = fallback;
        this.ignored = ignored;
        this.recorded = recorded;
    }

    /** @throws IllegalStateException something hides the breaker */
    static AsyncProcessor of(CamelContext context, CircuitBreakerDefinition definition, Processor breaker) {
        if (Wrapped.innermost(breaker) instanceof Navigate<?> parts && parts.hasNext()) {
            List<?> next = parts.next();
            return new BreakerAgain(
                    part(next, 0),
                    next.size() > 1 ? part(next, 1) : null,
                    classes(context, ignored(definition)),
                    classes(context, recorded(definition)));
        }
        throw new IllegalStateException(
                "A circuit breaker cannot be looked into: %s. Remove the InterceptStrategy that wraps it"
                        .formatted(breaker));
    }

    /** The classes of exceptions by which the breaker decides what a failure is. */
    static Stream<String> named(CircuitBreakerDefinition definition) {
        return Stream.concat(ignored(definition), recorded(definition));
    }

    private static Stream<String> ignored(CircuitBreakerDefinition definition) {
        return configuration(definition).map(Resilience4jConfigurationDefinition::getIgnoreExceptions).stream()
                .flatMap(List::stream);
    }

    private static Stream<String> recorded(CircuitBreakerDefinition definition) {
        return configuration(definition).map(Resilience4jConfigurationDefinition::getRecordExceptions).stream()
                .flatMap(List::stream);
    }

    private static Optional<Resilience4jConfigurationDefinition> configuration(CircuitBreakerDefinition definition) {
        return Optional.ofNullable(definition.getResilience4jConfiguration());
    }

    private static List<Class<?>> classes(CamelContext context, Stream<String> names) {
        return names.<Class<?>>map(name -> context.getClassResolver().resolveClass(name))
                .filter(Objects::nonNull)
                .toList();
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
            boolean isIgnored = isOneOf(failure, ignored);
            if (isIgnored || isNotRecorded(failure)) {
                passOver(exchange, isIgnored);
                end(exchange, callback);
                return;
            }
            if (failure == null) {
                tell(exchange, true, false);
                end(exchange, callback);
            } else if (fallback == null) {
                fail(exchange, failure);
                end(exchange, callback);
            } else {
                fallBack(exchange, failure);
                fallback.process(exchange, done -> end(exchange, callback));
            }
        });
        return false;
    }

    private static boolean isOneOf(Exception failure, List<Class<?>> classes) {
        if (failure != null) {
            for (Throwable cause : ObjectHelper.createExceptionIterable(failure)) {
                if (classes.stream().anyMatch(type -> type.isInstance(cause))) {
                    return true;
                }
            }
        }
        return false;
    }

    private boolean isNotRecorded(Exception failure) {
        return failure != null && !recorded.isEmpty() && !isOneOf(failure, recorded);
    }

    /** As Camel's breaker does where a failure is none to it. */
    private static void passOver(Exchange exchange, boolean isIgnored) {
        tell(exchange, !isIgnored, false);
        exchange.setProperty(ExchangePropertyKey.CIRCUIT_BREAKER_RESPONSE_SHORT_CIRCUITED, false);
        if (isIgnored) {
            exchange.setProperty(ExchangePropertyKey.CIRCUIT_BREAKER_RESPONSE_IGNORED, true);
        }
    }

    /** As Camel's breaker does where there is no other way. */
    private static void fail(Exchange exchange, Exception failure) {
        boolean isLate = failure instanceof GivenUpException;
        tell(exchange, false, false);
        exchange.setProperty(ExchangePropertyKey.CIRCUIT_BREAKER_RESPONSE_SHORT_CIRCUITED, !isLate);
        exchange.setProperty(
                isLate
                        ? ExchangePropertyKey.CIRCUIT_BREAKER_RESPONSE_TIMED_OUT
                        : ExchangePropertyKey.CIRCUIT_BREAKER_RESPONSE_REJECTED,
                true);
        exchange.setException(failure);
    }

    /** As Camel's breaker does; of what takes too long it has no exception. */
    private static void fallBack(Exchange exchange, Exception failure) {
        tell(exchange, false, true);
        exchange.setProperty(ExchangePropertyKey.CIRCUIT_BREAKER_RESPONSE_SHORT_CIRCUITED, true);
        exchange.setProperty(ExchangePropertyKey.EXCEPTION_HANDLED, true);
        exchange.setProperty(
                ExchangePropertyKey.EXCEPTION_CAUGHT, failure instanceof GivenUpException ? null : failure);
    }

    /** What Camel's breaker says of it, by which the route may go on. */
    private static void tell(Exchange exchange, boolean isSuccessful, boolean isFromFallback) {
        exchange.setProperty(ExchangePropertyKey.CIRCUIT_BREAKER_RESPONSE_SUCCESSFUL_EXECUTION, isSuccessful);
        exchange.setProperty(ExchangePropertyKey.CIRCUIT_BREAKER_RESPONSE_FROM_FALLBACK, isFromFallback);
    }

    private static void end(Exchange exchange, AsyncCallback callback) {
        exchange.removeProperty(ExchangePropertyKey.TRY_ROUTE_BLOCK);
        callback.done(false);
    }
}
