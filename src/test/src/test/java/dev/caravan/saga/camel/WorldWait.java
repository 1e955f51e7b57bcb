package dev.caravan.saga.camel;

import dev.caravan.saga.test.Instance;
import dev.caravan.saga.test.World;
import java.util.function.Supplier;
import org.apache.camel.AsyncProcessor;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.impl.engine.DefaultAsyncProcessorAwaitManager;
import org.apache.camel.spi.AsyncProcessorAwaitManager;
import org.apache.camel.spi.ReactiveExecutor;

/** An EIP that blocks lets everything else in its {@link World} happen until what it waits for is done. */
final class WorldWait extends DefaultAsyncProcessorAwaitManager {

    private final Supplier<World> world;
    private final ReactiveExecutor executor;

    private WorldWait(Supplier<World> world, ReactiveExecutor executor) {
        this.world = world;
        this.executor = executor;
    }

    static void in(CamelContext context, Supplier<World> world) {
        context.getCamelContextExtension()
                .addContextPlugin(
                        AsyncProcessorAwaitManager.class,
                        new WorldWait(world, context.getCamelContextExtension().getReactiveExecutor()));
    }

    @Override
    public void process(AsyncProcessor processor, Exchange exchange) {
        boolean[] done = new boolean[1];
        Instance waiting = world.get().current();
        processor.process(exchange, doneSync -> done[0] = true);
        while (!done[0]) {
            boolean goesOn = waiting == null || waiting.isAlive();
            if (!goesOn
                    || !(executor.executeFromQueue()
                            || world.get().step()
                            || world.get().passTime())) {
                exchange.setException(new IllegalStateException(goesOn ? "It never ends" : "This process is dead"));
                return;
            }
        }
    }
}
