package dev.caravan.saga.camel;

import java.util.Optional;
import org.apache.camel.AsyncCallback;
import org.apache.camel.AsyncProcessor;
import org.apache.camel.Exchange;
import org.apache.camel.support.processor.DelegateAsyncProcessor;

/**
 * What is in a {@code <saga>} block. Where the block is a step that came to its end in an earlier run of the route, it is
 * not run, and the message is the one that it left; nor is it run for a start that came again; otherwise the route goes on behind it when its end is in the log.
 */
final class BlockBody extends DelegateAsyncProcessor {

    BlockBody(AsyncProcessor content) {
        super(content);
    }

    @Override
    public boolean process(Exchange exchange, AsyncCallback callback) {
        if (RepeatedStart.skips(exchange)) {
            callback.done(true);
            return true;
        }
        BlockRun run = SagaContext.of(exchange).block();
        if (run == null || run.saga() == null || !run.block().needsEnd()) {
            return super.process(exchange, callback);
        }
        if (run.answer() == null) {
            super.process(exchange, doneSync -> end(exchange, run, callback));
            return false;
        }
        try {
            KeptMessage.of(run.answer()).replace(exchange);
            exchange.setRouteStop(Boolean.TRUE.equals(run.answer().stopped()));
        } catch (RuntimeException e) {
            exchange.setException(e);
        }
        callback.done(true);
        return true;
    }

    private void end(Exchange exchange, BlockRun run, AsyncCallback callback) {
        if (SagaContext.of(exchange).isLeft() || !run.hasToTellItsEnd()) {
            callback.done(false);
            return;
        }
        Optional<Exception> met = Failures.met(exchange);
        RouteWait.of(
                        exchange,
                        Failures.asFuture(() -> met.isPresent()
                                ? StepEnds.breakOff(exchange, run, met.get())
                                : OtherPaths.stopping(
                                        exchange,
                                        run.joinedSaga(),
                                        null,
                                        Failures.called(() -> StepEnds.record(exchange, run)))),
                        run.joinedSaga().routeThreads())
                .whenComplete((recorded, failure) -> {
                    if (failure != null && met.isEmpty()) {
                        exchange.setException(Failures.cause(failure));
                    }
                    callback.done(false);
                });
    }
}
