package dev.caravan.saga.test;

import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;
import org.apache.camel.Exchange;
import org.apache.camel.impl.engine.DefaultAsyncProcessorAwaitManager;
import org.apache.camel.spi.ReactiveExecutor;

/**
 * A route that waits on its thread for what it has asked for, as a producer template and some of Camel's processors do.
 * There is one thread: while it waits, everything else goes on within it, and time goes by when nothing else can happen.
 */
final class WorldAwait extends DefaultAsyncProcessorAwaitManager {

    private final Instance instance;
    private final Consumer<String> hung;

    /** @param hung is told of an exchange that would wait for ever */
    WorldAwait(Instance instance, Consumer<String> hung) {
        this.instance = instance;
        this.hung = hung;
    }

    /** @throws IllegalStateException the instance is dead, or nothing can happen any more */
    @Override
    public void await(Exchange exchange, CountDownLatch latch) {
        World world = instance.world();
        ReactiveExecutor here = exchange.getContext().getCamelContextExtension().getReactiveExecutor();
        while (latch.getCount() > 0) {
            if (!instance.isAlive()) {
                throw new IllegalStateException("%s is dead".formatted(instance));
            }
            if (!here.executeFromQueue() && !world.step() && !world.passTime()) {
                String sentence =
                        "Route %s waits on its thread for an answer that never comes: nothing is on its way, and nothing waits for its time"
                                .formatted(exchange.getFromRouteId());
                hung.accept(sentence);
                throw new IllegalStateException(sentence);
            }
        }
    }
}
