package dev.caravan.saga.camel;

import dev.caravan.saga.engine.OpenSteps.Open;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.NamedNode;
import org.apache.camel.Processor;
import org.apache.camel.model.WireTapDefinition;
import org.apache.camel.processor.WireTapProcessor;
import org.apache.camel.spi.InterceptStrategy;
import org.apache.camel.support.AsyncProcessorConverterHelper;
import org.apache.camel.support.SynchronizationAdapter;

/**
 * A saga does not complete before the wire taps of its route are done, also when one has not come to a step yet: what it
 * does then would come too late, or be in the log of an earlier run and never settled.
 */
final class WireTaps implements InterceptStrategy {

    @Override
    public Processor wrapProcessorInInterceptors(
            CamelContext context, NamedNode definition, Processor target, Processor nextTarget) {
        if (definition instanceof WireTapDefinition<?>) {
            WireTapProcessor tap = Wrapped.in(target, WireTapProcessor.class, "wire tap");
            Processor own = tap.getOnPrepare();
            tap.setOnPrepare(copy -> {
                watch(copy);
                if (own != null) {
                    own.process(copy);
                }
            });
        }
        return AsyncProcessorConverterHelper.convert(target);
    }

    private static void watch(Exchange copy) {
        SagaContext.current(copy).map(PresentRun::saga).ifPresent(saga -> {
            Open open = saga.open().coming(copy.getExchangeId());
            copy.getExchangeExtension().addOnCompletion(new SynchronizationAdapter() {
                @Override
                public void onDone(Exchange done) {
                    open.end();
                }
            });
        });
    }
}
