package dev.caravan.coordinator.log;

import java.util.concurrent.CompletionStage;

/**
 * The durable, ordered record of what was written about LRAs, in partitions. A record has a key of its own and stays until
 * one with the same key and no value follows it. Each partition is assigned to one instance at a time, as far as that
 * knows.
 */
public interface LraLog extends AutoCloseable {

    /** The number of partitions, 1 or more. */
    int partitions();

    /**
     * Appends without blocking.
     *
     * @param value {@code null}: the record with this key is of no interest any more
     * @return completes when it survives a crash; completes exceptionally when that is not certain
     */
    CompletionStage<Void> append(int partition, String key, byte[] value);

    /** Begins to hand over all there is, and then what comes. Blocks until all that is there now was handed over. */
    void open(Reader reader);

    /** Hands nothing over any more. */
    @Override
    void close();

    /** Whom all is handed to. */
    interface Reader {

        /** On one thread, in the order of the partition. */
        void read(int partition, String key, byte[] value);

        /** The partition is assigned to this instance. On a thread of its own, with {@link #lost} and {@link #revoked}. */
        void gained(int partition);

        /** It was taken away, and may be another's already. */
        void lost(int partition);

        /** It is taken away, and is nobody's before this has returned. */
        void revoked(int partition);
    }
}
