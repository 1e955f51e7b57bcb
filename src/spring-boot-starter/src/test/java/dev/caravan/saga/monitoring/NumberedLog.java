package dev.caravan.saga.monitoring;

import dev.caravan.saga.SagaId;
import dev.caravan.saga.state.SagaEvent;
import dev.caravan.saga.state.SagaLog;
import dev.caravan.saga.state.SagaLogEntry;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** A log of some partitions, whose entries have numbers, and which can lose its oldest ones. One thread uses it. */
final class NumberedLog implements SagaLog {

    private final List<List<SagaLogEntry>> partitions;
    private final List<PositionReader> readers = new ArrayList<>();
    private final long[] beginnings;
    private String identity = "log-1";
    private long handedOver;

    NumberedLog() {
        this(3);
    }

    NumberedLog(int partitions) {
        this.partitions = Stream.generate(() -> (List<SagaLogEntry>) new ArrayList<SagaLogEntry>())
                .limit(partitions)
                .toList();
        this.beginnings = new long[partitions];
    }

    /** Appends the events of a saga, one after the other. */
    void append(SagaId sagaId, Instant at, SagaEvent... events) {
        for (int i = 0; i < events.length; i++) {
            append(new SagaLogEntry(sagaId, i, at.plusNanos(i), events[i]));
        }
    }

    @Override
    public CompletionStage<Void> append(SagaLogEntry entry) {
        List<SagaLogEntry> partition = partitions.get(partitionOf(entry.sagaId()));
        partition.add(entry);
        readers.forEach(reader -> hand(reader, entry, partition.size() - 1L));
        return CompletableFuture.completedFuture(null);
    }

    private void hand(PositionReader reader, SagaLogEntry entry, long position) {
        handedOver++;
        reader.accept(entry, position);
    }

    /** How many entries were handed to readers that follow. */
    long handedOver() {
        return handedOver;
    }

    /** It has no entry any more that is there now. */
    void loseAll() {
        for (int i = 0; i < beginnings.length; i++) {
            beginnings[i] = partitions.get(i).size();
        }
    }

    /** The same topic, made anew. */
    void makeAnew() {
        identity = identity + " anew";
        goBackToNothing();
    }

    /** The same topic, as it was before its first entry. */
    void goBackToNothing() {
        partitions.forEach(List::clear);
    }

    @Override
    public List<SagaLogEntry> read(SagaId sagaId) {
        throw new IllegalStateException("The whole partition would be read for saga " + sagaId);
    }

    @Override
    public List<SagaLogEntry> readAt(SagaId sagaId, long[] positions, long more) {
        List<SagaLogEntry> partition = partitions.get(partitionOf(sagaId));
        return Stream.concat(
                        Arrays.stream(positions).mapToObj(position -> partition.get((int) position)),
                        partition.stream().skip(more).filter(entry -> entry.sagaId()
                                .equals(sagaId)))
                .toList();
    }

    @Override
    public int partitions() {
        return beginnings.length;
    }

    @Override
    public int partitionOf(SagaId sagaId) {
        return Math.floorMod(sagaId.hashCode(), beginnings.length);
    }

    @Override
    public void replay(int partition, Consumer<SagaLogEntry> reader) {
        partitions.get(partition).forEach(reader);
    }

    @Override
    public Following follow(Consumer<SagaLogEntry> reader) {
        return followPositions((entry, position) -> reader.accept(entry));
    }

    @Override
    public Following followPositions(PositionReader reader) {
        return followPositions(new long[beginnings.length], reader);
    }

    @Override
    public Following followPositions(long[] from, PositionReader reader) {
        for (int i = 0; i < beginnings.length; i++) {
            List<SagaLogEntry> partition = partitions.get(i);
            for (long at = Math.max(beginnings[i], from[i]); at < partition.size(); at++) {
                hand(reader, partition.get((int) at), at);
            }
        }
        readers.add(reader);
        return Following.caughtUp(() -> readers.remove(reader));
    }

    @Override
    public Following tail(Predicate<SagaId> which, Consumer<SagaLogEntry> reader) {
        throw new UnsupportedOperationException("Nobody does");
    }

    @Override
    public Optional<String> identity() {
        return Optional.of(identity);
    }

    @Override
    public long[] beginnings() {
        return beginnings.clone();
    }

    @Override
    public long[] ends() {
        return partitions.stream().mapToLong(List::size).toArray();
    }

    @Override
    public void close() {}
}
