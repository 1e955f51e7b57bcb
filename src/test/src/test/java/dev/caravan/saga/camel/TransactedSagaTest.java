package dev.caravan.saga.camel;

import dev.caravan.saga.state.InMemorySagaLog;
import dev.caravan.saga.test.ManualTimers;
import org.apache.camel.CamelContext;

class TransactedSagaTest extends TransactedContract {

    private final InMemorySagaLog log = new InMemorySagaLog();
    private Application application;

    @Override
    protected CamelContext start(TransactedRoutes routes) throws Exception {
        application = new Application("orders", log, new ManualTimers(), true, routes);
        return application.context;
    }

    @Override
    protected InMemorySagaLog log() {
        return log;
    }

    @Override
    protected void goOn() {}

    @Override
    protected void stop() {
        application.close();
    }
}
