package dev.caravan.saga.lra;

import dev.caravan.saga.camel.TransactedContract;
import dev.caravan.saga.camel.TransactedRoutes;
import dev.caravan.saga.state.InMemorySagaLog;
import org.apache.camel.CamelContext;

class TransactedLraTest extends TransactedContract {

    private LraRing ring;

    @Override
    protected CamelContext start(TransactedRoutes routes) throws Exception {
        ring = new LraRing(routes);
        return ring.context;
    }

    @Override
    protected InMemorySagaLog log() {
        return ring.log;
    }

    @Override
    protected void goOn() {
        ring.timers.advance(LraRing.RETRY);
    }

    @Override
    protected void stop() {
        ring.close();
    }
}
