package dev.caravan.saga.spring;

import org.apache.camel.CamelContext;
import org.apache.camel.StartupListener;

/** Something to be done when all routes have started. */
final class FullyStarted implements StartupListener {

    private final Runnable task;

    private FullyStarted(Runnable task) {
        this.task = task;
    }

    static void add(CamelContext context, Runnable task) throws Exception {
        context.addStartupListener(new FullyStarted(task));
    }

    @Override
    public void onCamelContextStarted(CamelContext context, boolean alreadyStarted) {}

    @Override
    public void onCamelContextFullyStarted(CamelContext context, boolean alreadyStarted) {
        task.run();
    }
}
