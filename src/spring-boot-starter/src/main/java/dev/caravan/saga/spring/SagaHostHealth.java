package dev.caravan.saga.spring;

import dev.caravan.saga.engine.SagaHost;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.springframework.boot.actuate.health.AbstractHealthIndicator;
import org.springframework.boot.actuate.health.Health;

/**
 * UP when this instance owns partitions of the saga log and has read them: from then on, sagas can start here. DOWN when it
 * has stopped to do its work by itself; it says why.
 */
class SagaHostHealth extends AbstractHealthIndicator {

    private final SagaHost host;
    private final Supplier<Optional<String>> stopped;

    SagaHostHealth(SagaHost host) {
        this(host, Optional::empty);
    }

    /** @param stopped why this instance does nothing any more; empty while it does */
    SagaHostHealth(SagaHost host, Supplier<Optional<String>> stopped) {
        this.host = host;
        this.stopped = stopped;
    }

    @Override
    protected void doHealthCheck(Health.Builder health) {
        CompletableFuture<Void> assigned = host.ownership().ready();
        boolean ready = assigned.isDone() && !assigned.isCompletedExceptionally();
        health.status(ready ? "UP" : "OUT_OF_SERVICE")
                .withDetail("sagasInFlight", host.size())
                .withDetail("repliesWithoutSaga", host.replies().withoutSaga());
        stopped.get().ifPresent(reason -> health.down().withDetail("stopped", reason));
    }
}
