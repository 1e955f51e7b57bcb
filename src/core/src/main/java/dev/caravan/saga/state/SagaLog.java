package dev.caravan.saga.state;

import dev.caravan.saga.SagaId;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.Predicate;

/** The durable, ordered record of what happened to every saga. All entries of one saga are in one partition. */
public interface SagaLog extends AutoCloseable {

    /**
     * Appends without blocking. Entries of one saga become durable in the order of the calls.
     *
     * @return completes when the entry survives a crash; completes exceptionally when that is not certain (the entry
     *     may or may not be in the log)
     */
    CompletionStage<Void> append(SagaLogEntry entry);

    /** All entries of one saga in log order, duplicates included; empty for an unknown saga. Blocks. */
    List<SagaLogEntry> read(SagaId sagaId);

    /** The number of partitions, 1 or more. */
    int partitions();

    /** The partition of a saga's entries. */
    int partitionOf(SagaId sagaId);

    /** Hands every entry that is in the partition now to the reader, in log order. Blocks until done. */
    void replay(int partition, Consumer<SagaLogEntry> reader);

    /**
     * Hands every entry of every partition to the reader, from the oldest kept one on, and goes on with new ones until
     * the returned handle is closed. Entries of one saga come in log order, on one thread.
     */
    Following follow(Consumer<SagaLogEntry> reader);

    /**
     * Hands what is appended from now on to the reader, until the returned handle is closed. Blocks until entries that
     * are appended after the return are sure to be handed over.
     *
     * @param which sagas the reader wants to hear of; asked for each entry
     */
    Following tail(Predicate<SagaId> which, Consumer<SagaLogEntry> reader);

    /** As {@link #follow}, and says where in its partition each entry is. A log without positions says 0. */
    default Following followPositions(PositionReader reader) {
        return follow(entry -> reader.accept(entry, 0));
    }

    /**
     * As {@link #followPositions(PositionReader)}, for one who has read what is before.
     *
     * @param from the first position that is wanted of each partition
     */
    default Following followPositions(long[] from, PositionReader reader) {
        return followPositions(reader);
    }

    /** Tells this log from all others, also from one that is made anew in its place; empty: nothing does. Blocks. */
    default Optional<String> identity() {
        return Optional.empty();
    }

    /** The position of the oldest entry that is kept of each partition. Blocks. */
    default long[] beginnings() {
        return new long[partitions()];
    }

    /** The position that the next entry of each partition will have. Blocks. */
    default long[] ends() {
        long[] ends = new long[partitions()];
        Arrays.fill(ends, Long.MAX_VALUE);
        return ends;
    }

    /**
     * As {@link #read}, for one who knows where the entries of the saga are; what the log no longer has of them is left out.
     * Blocks for about as long as it takes to read these entries, however many there are of other sagas.
     *
     * @param positions in their order, as a {@link PositionReader} was told them
     * @param more from where on there may be others; the largest number: nowhere
     */
    default List<SagaLogEntry> readAt(SagaId sagaId, long[] positions, long more) {
        return read(sagaId);
    }

    /** As {@link #read}, for one who knows that all entries of the saga are at least so new. Blocks. */
    default List<SagaLogEntry> readSince(SagaId sagaId, Instant since) {
        return read(sagaId);
    }

    /**
     * Hands the saga of every entry that is in the partition now and at least so new to the reader, in log order; of older
     * ones it may, too. Blocks until done.
     */
    default void idsSince(int partition, Instant since, Consumer<SagaId> reader) {
        replay(partition, entry -> reader.accept(entry.sagaId()));
    }

    @Override
    void close();

    /** Takes an entry and its position, which grows within a partition. */
    @FunctionalInterface
    interface PositionReader {

        void accept(SagaLogEntry entry, long position);
    }

    /** A reader that goes on. */
    interface Following extends AutoCloseable {

        /** One that has nothing to catch up with. */
        static Following caughtUp(Runnable close) {
            return new Following() {
                @Override
                public CompletionStage<Void> caughtUp() {
                    return CompletableFuture.completedFuture(null);
                }

                @Override
                public void close() {
                    close.run();
                }
            };
        }

        /** How many records of the log have not been handed over, as far as is known. */
        default long lag() {
            return 0;
        }

        /** Why nothing is handed over, and what to do; empty while all is well, and after a close. */
        default Optional<String> trouble() {
            return Optional.empty();
        }

        /** Completes when all that was in the log at the beginning has been handed over. */
        CompletionStage<Void> caughtUp();

        @Override
        void close();
    }
}
