package dev.caravan.saga.host;

import dev.caravan.saga.log.SagaEvent;
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
     * Has a running saga undone.
     *
     * @param reason FAIL, with who and why
     * @return completes when it is COMPENSATED; fails when it ended otherwise
     */
    default CompletableFuture<Void> cancel(LiveSaga saga, SagaEvent.Fail reason) {
        return CompletableFuture.failedFuture(new UnsupportedOperationException("Sagas cannot be cancelled here"));
    }
}
