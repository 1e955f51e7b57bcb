package dev.caravan.saga.test;

import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.camel.CamelContext;
import org.apache.camel.impl.engine.DefaultShutdownStrategy;
import org.apache.camel.spi.RouteStartupOrder;

/** Waits for nobody: what is in flight in a dead instance never comes to an end. */
public final class ImmediateShutdown extends DefaultShutdownStrategy {

    public ImmediateShutdown(CamelContext context) {
        super(context);
    }

    @Override
    protected boolean doShutdown(
            CamelContext context,
            List<RouteStartupOrder> routes,
            long timeout,
            TimeUnit timeUnit,
            boolean suspendOnly,
            boolean abortAfterTimeout,
            boolean forceShutdown) {
        return true;
    }
}
