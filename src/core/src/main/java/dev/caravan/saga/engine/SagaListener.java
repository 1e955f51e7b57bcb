package dev.caravan.saga.engine;

import dev.caravan.saga.state.SagaLogEntry;
import dev.caravan.saga.state.SagaState;
import java.time.Duration;

/** Hears of every entry that this instance appended, once it is durable, and of what it took over. */
@FunctionalInterface
public interface SagaListener {

    /**
     * Called in the order of the entries of one saga. Must not block and must not throw.
     *
     * @param after the saga's state with this entry
     */
    void onEntry(SagaLogEntry entry, SagaState after);

    /**
     * A partition was read, and its sagas in flight go on here. Must not block and must not throw.
     *
     * @param took since the partition was this instance's
     */
    default void onRecovered(int sagas, Duration took) {}

    /** A reply came again that the log has; it changed nothing. Must not block and must not throw. */
    default void onDuplicateReply() {}
}
