package dev.caravan.saga.host;

import dev.caravan.saga.log.SagaLogEntry;
import dev.caravan.saga.machine.SagaState;

/** Hears of every entry that this instance appended, once it is durable. */
@FunctionalInterface
public interface SagaListener {

    /**
     * Called in the order of the entries of one saga. Must not block and must not throw.
     *
     * @param after the saga's state with this entry
     */
    void onEntry(SagaLogEntry entry, SagaState after);
}
