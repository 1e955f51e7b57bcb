package dev.caravan.saga.host;

import dev.caravan.saga.SagaId;
import dev.caravan.saga.machine.SagaState;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** Which sagas this instance may run: those in the partitions that it owns. */
public interface Ownership {

    /** True when the saga's partition is this instance's, and what was in flight in it is known. */
    boolean owns(SagaId sagaId);

    /** What is known of a saga that has not ended or is FAILED, in a partition of this instance's. */
    default Optional<SagaState> inFlight(SagaId sagaId) {
        return Optional.empty();
    }

    /** Completes when this instance owns at least one partition. */
    CompletableFuture<Void> ready();

    /** All sagas, for a log that one instance has for itself. */
    static Ownership everything() {
        return new Ownership() {
            @Override
            public boolean owns(SagaId sagaId) {
                return true;
            }

            @Override
            public CompletableFuture<Void> ready() {
                return CompletableFuture.completedFuture(null);
            }
        };
    }
}
