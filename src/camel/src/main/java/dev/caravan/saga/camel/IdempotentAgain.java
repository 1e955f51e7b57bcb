package dev.caravan.saga.camel;

import dev.caravan.saga.engine.LiveSaga;
import dev.caravan.saga.engine.OtherPathException;
import java.util.Optional;
import java.util.Set;
import org.apache.camel.AsyncCallback;
import org.apache.camel.AsyncProcessor;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangePropertyKey;
import org.apache.camel.NamedNode;
import org.apache.camel.Processor;
import org.apache.camel.model.IdempotentConsumerDefinition;
import org.apache.camel.model.ProcessorDefinition;
import org.apache.camel.processor.idempotent.IdempotentConsumer;
import org.apache.camel.spi.InterceptStrategy;
import org.apache.camel.support.AsyncProcessorConverterHelper;
import org.apache.camel.support.processor.DelegateAsyncProcessor;
import org.jspecify.annotations.Nullable;

/**
 * An idempotent consumer in the route of a saga that is run again: the message that its repository knows may be the one of
 * the earlier run. What that had begun is gone on with. Where it had begun nothing, it is not known whether the message was
 * another one's, and the saga does not complete as if it were.
 */
final class IdempotentAgain implements InterceptStrategy {

    /** On an exchange in a consumer that has not come to what is in it. */
    private static final String OUTSIDE = "CaravanOutsideOfContent";

    @Override
    public Processor wrapProcessorInInterceptors(
            CamelContext context, NamedNode definition, Processor target, Processor nextTarget) {
        AsyncProcessor node = definition instanceof IdempotentConsumerDefinition consumer
                ? new Consumer(context, consumer, target)
                : AsyncProcessorConverterHelper.convert(target);
        return definition.getParent() instanceof IdempotentConsumerDefinition ? new Content(node) : node;
    }

    private static final class Content extends DelegateAsyncProcessor {

        Content(AsyncProcessor node) {
            super(node);
        }

        @Override
        public boolean process(Exchange exchange, AsyncCallback callback) {
            exchange.removeProperty(OUTSIDE);
            return super.process(exchange, callback);
        }
    }

    private static final class Consumer extends DelegateAsyncProcessor {

        private final CamelContext context;
        private final ProcessorDefinition<?> node;
        private final AsyncProcessor content;

        Consumer(CamelContext context, ProcessorDefinition<?> node, Processor target) {
            super(target);
            this.context = context;
            this.node = node;
            IdempotentConsumer consumer = Wrapped.in(target, IdempotentConsumer.class, "idempotentConsumer");
            this.content = AsyncProcessorConverterHelper.convert(consumer.getProcessor());
        }

        @Override
        public boolean process(Exchange exchange, AsyncCallback callback) {
            Optional<LiveSaga> saga = SagaContext.current(exchange)
                    .map(PresentRun::saga)
                    .filter(known -> SagaContext.of(exchange).step() == null);
            if (saga.isEmpty()) {
                return super.process(exchange, callback);
            }
            Object before = exchange.getProperty(ExchangePropertyKey.DUPLICATE_MESSAGE);
            exchange.setProperty(OUTSIDE, true);
            return super.process(exchange, doneSync -> {
                if (exchange.removeProperty(OUTSIDE) != null && !exchange.isFailed()) {
                    leftOut(exchange, saga.get(), before, callback, doneSync);
                } else {
                    callback.done(doneSync);
                }
            });
        }

        /** @param before the mark of a duplicate that the message had; {@code null}: none */
        private void leftOut(
                Exchange exchange, LiveSaga saga, @Nullable Object before, AsyncCallback callback, boolean doneSync) {
            Set<String> steps = RouteShapes.of(context).stepsIn(node);
            if (saga.recorded().isToCome(steps)) {
                exchange.setProperty(ExchangePropertyKey.DUPLICATE_MESSAGE, before);
                content.process(exchange, callback);
                return;
            }
            if (saga.state().epoch() > 0) {
                try {
                    saga.recorded()
                            .leave("the log does not say whether the route went through its idempotentConsumer, which"
                                    + " takes the message for a duplicate now");
                } catch (OtherPathException e) {
                    OtherPaths.waits(exchange, saga, e);
                    exchange.setException(e);
                }
            }
            callback.done(doneSync);
        }
    }
}
