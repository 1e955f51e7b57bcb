package dev.caravan.saga.engine;

import dev.caravan.saga.state.SagaState;

/** A saga that has ended, whose route is gone through once more within its parent's: nothing of it is done again. */
public final class EndedSaga {

    private EndedSaga() {}

    /** @param state terminal; what it does not allow is refused, and the host does not hold the saga */
    public static LiveSaga of(SagaHost host, SagaState state) {
        LiveSaga saga = new LiveSaga(host, state);
        saga.ended().complete(state);
        return saga;
    }
}
