package dev.caravan.saga.spring;

import dev.caravan.saga.engine.SagaHost;
import java.util.LinkedHashMap;
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
    private final Supplier<List<String>> fenced;

    /** @param fenced that it was, and may be back since; empty: it was not */
    SagaHostHealth(SagaHost host, List<Supplier<Optional<String>>> asked, Supplier<List<String>> fenced) {
        super(asked);
        this.host = host;
        this.fenced = fenced;
    }

    @Override
    Map<String, Object> details() {
        Map<String, Object> details = new LinkedHashMap<>();
        details.put("sagasInFlight", host.size());
        details.put("repliesWithoutSaga", host.replies().withoutSaga());
        putFenced(details, fenced.get());
        return details;
    }

    @Override
    boolean isReady() {
        CompletableFuture<Void> assigned = host.ownership().ready();
        return assigned.isDone() && !assigned.isCompletedExceptionally();
    }
}
