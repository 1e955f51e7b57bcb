package dev.caravan.saga.spring;

import dev.caravan.saga.engine.SagaHost;
import java.util.concurrent.CompletableFuture;
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
        CompletableFuture<Void> assigned = host.ownership().ready();
        boolean ready = assigned.isDone() && !assigned.isCompletedExceptionally();
        health.status(ready ? "UP" : "OUT_OF_SERVICE")
                .withDetail("sagasInFlight", host.size())
                .withDetail("repliesWithoutSaga", host.replies().withoutSaga());
    }
}
