package dev.caravan.saga.spring;

import dev.caravan.saga.engine.SagaHost;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/**
 * UP when this instance owns partitions of the saga log and has read them: from then on, sagas can start here. DOWN when it
 * does not do its work; it says why.
 */
final class SagaHostHealth extends TroubleHealth {

    private final SagaHost host;

    SagaHostHealth(SagaHost host, List<Supplier<Optional<String>>> asked) {
        super(asked);
        this.host = host;
    }

    @Override
    Map<String, Object> details() {
        return Map.of(
                "sagasInFlight", host.size(),
                "repliesWithoutSaga", host.replies().withoutSaga());
    }

    @Override
    boolean isReady() {
        CompletableFuture<Void> assigned = host.ownership().ready();
        return assigned.isDone() && !assigned.isCompletedExceptionally();
    }
}
