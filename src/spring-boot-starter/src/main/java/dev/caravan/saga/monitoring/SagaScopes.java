package dev.caravan.saga.monitoring;

import dev.caravan.saga.SagaId;
import dev.caravan.saga.camel.LongRunningAction;
import dev.caravan.saga.engine.SagaLogger;
import java.util.function.Function;
import org.apache.camel.AsyncCallback;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.NamedNode;
import org.apache.camel.Processor;
import org.apache.camel.spi.InterceptStrategy;
import org.apache.camel.support.processor.DelegateAsyncProcessor;
import org.slf4j.MDC;

/**
 * While a route works on a message of a saga, log lines carry {@code sagaId}, and what is traced belongs to the saga's
 * trace.
 */
public final class SagaScopes implements InterceptStrategy {

    private final Function<SagaId, AutoCloseable> traceScope;

    /** @param traceScope opens a scope that is closed on the same thread */
    public SagaScopes(Function<SagaId, AutoCloseable> traceScope) {
        this.traceScope = traceScope;
    }

    @Override
    public Processor wrapProcessorInInterceptors(
            CamelContext context, NamedNode definition, Processor target, Processor nextTarget) {
        return new DelegateAsyncProcessor(target) {
            @Override
            public boolean process(Exchange exchange, AsyncCallback callback) {
                String action = LongRunningAction.of(exchange).orElse(null);
                if (action == null) {
                    return super.process(exchange, callback);
                }
                SagaId sagaId = LongRunningAction.sagaId(action);
                String before = MDC.get(SagaLogger.ID);
                AutoCloseable scope = traceScope.apply(sagaId);
                MDC.put(SagaLogger.ID, sagaId.value());
                try {
                    return super.process(exchange, callback);
                } finally {
                    restore(before);
                    closeScope(scope);
                }
            }
        };
    }

    private static void restore(String before) {
        if (before == null) {
            MDC.remove(SagaLogger.ID);
        } else {
            MDC.put(SagaLogger.ID, before);
        }
    }

    private static void closeScope(AutoCloseable scope) {
        try {
            scope.close();
        } catch (Exception e) {
            throw new IllegalStateException("A scope could not be closed", e);
        }
    }
}
