package dev.caravan.saga.host;

/** Goes on with a saga where its log ends. */
@FunctionalInterface
public interface SagaRecovery {

    /**
     * Called once when this instance has taken the saga over, and the log says so. EXECUTING: its route is run again;
     * COMPENSATING or COMPLETING: what is left of that is done. Must neither block nor throw.
     */
    void resume(LiveSaga saga);
}
