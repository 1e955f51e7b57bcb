package dev.caravan.saga.engine;

import dev.caravan.saga.SagaId;
import dev.caravan.saga.state.SagaEvent;
import dev.caravan.saga.state.SagaState;
import dev.caravan.saga.state.StepState;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Which sagas this instance may run: those in the partitions that it owns. */
public interface Ownership {

    /** True when the saga's partition is this instance's, and what was in flight in it is known. */
    boolean owns(SagaId sagaId);

    /** What is known of a saga that has not ended or is FAILED, in a partition of this instance's. */
    default Optional<SagaState> inFlight(SagaId sagaId) {
        return Optional.empty();
    }

    /** What others have asked of a saga that runs here from now on, and was not heard. */
    default List<SagaEvent.Request> takeRequests(SagaId sagaId) {
        return List.of();
    }

    /**
     * True when a saga of this instance's that is not in its memory has ended, or is being let go or taken over: nobody
     * may go on with it from what the log says now.
     */
    default boolean isAllInMemory(SagaId sagaId) {
        return false;
    }

    /** True when what is appended is read back: a saga may move to another instance at any time. */
    default boolean isReadBack() {
        return false;
    }

    /** True when a saga of this instance's was taken over often, came no further, and waits for a person. */
    default boolean isStuck(SagaId sagaId) {
        return false;
    }

    /** How many sagas of this instance's wait so. */
    default int stuck() {
        return 0;
    }

    /** Starts with the key of this base, if its partition is this instance's; empty, too, where it has all partitions. */
    default Optional<KeyedStarts> keyed(SagaId base) {
        return Optional.empty();
    }

    /**
     * Reminds who has to answer a step that waits.
     *
     * @return completes when who wants to know can find it
     */
    default CompletionStage<Void> remind(SagaState saga, StepState step) {
        return CompletableFuture.completedFuture(null);
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
