package dev.caravan.saga.engine;

import dev.caravan.saga.state.CarriedParts;
import dev.caravan.saga.state.SagaEvent;
import dev.caravan.saga.state.SagaState;
import java.util.concurrent.CompletableFuture;

/** Writes down again all that is known of a saga, so that a reader may begin there; in parts where it has to be. */
final class CarryForward {

    private CarryForward() {}

    /** Nothing of the saga comes in between: the caller holds its lock. */
    static CompletableFuture<SagaState> of(LiveSaga saga) {
        SagaState state = saga.state();
        CompletableFuture<SagaState> carried = saga.write(new SagaEvent.Snapshot(state));
        if (TooLarge.is(carried)) {
            for (SagaEvent.SnapshotPart part : CarriedParts.of(state)) {
                carried = saga.write(part);
            }
        }
        return carried;
    }
}
