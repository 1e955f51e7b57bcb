package dev.caravan.saga.monitoring;

import dev.caravan.saga.SagaId;
import dev.caravan.saga.camel.MentionedSaga;
import dev.caravan.saga.engine.SagaMention;
import java.util.function.Function;
import org.apache.camel.AsyncCallback;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.NamedNode;
import org.apache.camel.Processor;
import org.apache.camel.spi.InterceptStrategy;
import org.apache.camel.support.processor.DelegateAsyncProcessor;

/**
 * While a route works on a message of a saga, log lines carry its id, and its key and step as far as they are known, and what is traced belongs to the saga's
 * trace.
 */
public final class SagaScopes implements InterceptStrategy {

    private final Function<SagaId, SagaMention.Scope> traceScope;

    /** @param traceScope opens a scope that is closed on the same thread */
    public SagaScopes(Function<SagaId, SagaMention.Scope> traceScope) {
        this.traceScope = traceScope;
    }

    @Override
    public Processor wrapProcessorInInterceptors(
            CamelContext context, NamedNode definition, Processor target, Processor nextTarget) {
        return new DelegateAsyncProcessor(target) {
            @Override
            public boolean process(Exchange exchange, AsyncCallback callback) {
                SagaMention saga = MentionedSaga.of(exchange).orElse(null);
                if (saga == null) {
                    return super.process(exchange, callback);
                }
                SagaMention.Scope trace = traceScope.apply(new SagaId(saga.text()));
                SagaMention.Scope lines = saga.open();
                try {
                    return super.process(exchange, callback);
                } finally {
                    lines.close();
                    trace.close();
                }
            }
        };
    }
}
