package dev.caravan.benchmark;

import java.util.concurrent.CompletableFuture;

/** One way to run the order saga, ready to take sagas. */
interface Row extends AutoCloseable {

    /**
     * Runs one saga.
     *
     * @param id of its order
     * @param rejected whether its last step is rejected
     * @return completes when it has ended: true if all steps were done, false if they were undone
     */
    CompletableFuture<Boolean> run(String id, boolean rejected);

    /** What its participants do. */
    ParticipantEffects effects();

    @Override
    void close();
}
