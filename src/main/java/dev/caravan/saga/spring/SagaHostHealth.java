package dev.caravan.saga.spring;

import dev.caravan.saga.host.SagaHost;
import org.springframework.boot.actuate.health.AbstractHealthIndicator;
import org.springframework.boot.actuate.health.Health;

/** UP when this instance owns partitions of the saga log and has read them: from then on, sagas can start here. */
class SagaHostHealth extends AbstractHealthIndicator {

    private final SagaHost host;

    SagaHostHealth(SagaHost host) {
        this.host = host;
    }

    @Override
    protected void doHealthCheck(Health.Builder health) {
        boolean ready = host.ownership().ready().isDone();
        health.status(ready ? "UP" : "OUT_OF_SERVICE")
                .withDetail("sagasInFlight", host.size())
                .withDetail("repliesWithoutSaga", host.repliesWithoutSaga());
    }
}
