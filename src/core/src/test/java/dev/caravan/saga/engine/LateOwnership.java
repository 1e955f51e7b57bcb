package dev.caravan.saga.engine;

import dev.caravan.saga.SagaId;
import dev.caravan.saga.state.SagaEvent;
import dev.caravan.saga.state.SagaState;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** Owns all sagas until a test has it own partitions. */
public final class LateOwnership implements Ownership {

    private volatile Ownership now = Ownership.everything();

    public OwnedPartitions ownPartitions(SagaHost host) {
        OwnedPartitions partitions = new OwnedPartitions(host, OwnedPartitions.Ends.UNTOLD);
        now = partitions;
        return partitions;
    }

    @Override
    public boolean owns(SagaId sagaId) {
        return now.owns(sagaId);
    }

    @Override
    public Optional<SagaState> inFlight(SagaId sagaId) {
        return now.inFlight(sagaId);
    }

    @Override
    public List<SagaEvent.Request> takeRequests(SagaId sagaId) {
        return now.takeRequests(sagaId);
    }

    @Override
    public boolean isAllInMemory(SagaId sagaId) {
        return now.isAllInMemory(sagaId);
    }

    @Override
    public Optional<KeyedStarts> keyed(SagaId base) {
        return now.keyed(base);
    }

    @Override
    public boolean isReadBack() {
        return now.isReadBack();
    }

    @Override
    public boolean isStuck(SagaId sagaId) {
        return now.isStuck(sagaId);
    }

    @Override
    public int stuck() {
        return now.stuck();
    }

    @Override
    public CompletableFuture<Void> ready() {
        return now.ready();
    }
}
