package dev.caravan.saga.engine;

import dev.caravan.saga.SagaId;
import dev.caravan.saga.state.SagaEvent;
import dev.caravan.saga.state.SagaState;
import java.util.concurrent.CompletableFuture;

/** Goes on with a saga where its log ends. */
@FunctionalInterface
public interface SagaRecovery {

    /**
     * Called once when this instance has taken the saga over, and the log says so. EXECUTING: its route is run again;
     * COMPENSATING or COMPLETING: what is left of that is done. Must neither block nor throw.
     */
    void resume(LiveSaga saga);

    /**
     * A saga with a key is to be begun here: who decides how sagas end hears of it first. Must not block.
     *
     * @return what it is begun with
     */
    default CompletableFuture<SagaEvent.Start> opened(SagaId sagaId, SagaEvent.Start start) {
        return CompletableFuture.completedFuture(start);
    }

    /**
     * True when a start that failed so is to be kept: the saga is accepted, and begins when who decides how it ends is there.
     */
    default boolean keepsStart(Throwable failure) {
        return false;
    }

    /** A saga that was opened has surely not begun. Must neither block nor throw. */
    default void notBegun(SagaEvent.Start opened) {}

    /** A saga was begun for somebody else, who asked in the log: its route is run. Must neither block nor throw. */
    default void begun(LiveSaga saga) {
        resume(saga);
    }

    /**
     * Has a running saga undone.
     *
     * @param reason FAIL, with who and why
     * @return completes when it is COMPENSATED; fails when it ended otherwise
     */
    default CompletableFuture<Void> cancel(LiveSaga saga, SagaEvent.Fail reason) {
        return CompletableFuture.failedFuture(new UnsupportedOperationException("Sagas cannot be cancelled here"));
    }

    /** True when it was asked that the saga completes, and it is not known yet what became of that: it cannot be undone. */
    default boolean isCompleting(LiveSaga saga) {
        return false;
    }

    /**
     * Somebody who does not run the saga asks for something. May be asked again for what was done before. Must neither
     * block nor throw.
     */
    default void request(LiveSaga saga, SagaEvent.Request request) {}

    /**
     * Another application's saga calls for the compensation or completion of a step that this application enlisted; the
     * answer is a request. May be called again for what was done before. Must neither block nor throw.
     *
     * @param saga what is known of it
     */
    default void called(SagaState saga, SagaEvent.Call call) {}
}
