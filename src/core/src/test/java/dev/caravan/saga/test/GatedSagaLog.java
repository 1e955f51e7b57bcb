package dev.caravan.saga.test;

import dev.caravan.saga.SagaId;
import dev.caravan.saga.state.InMemorySagaLog;
import dev.caravan.saga.state.SagaLog;
import dev.caravan.saga.state.SagaLogEntry;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.Predicate;

/** A log whose appends become durable, or fail, when the test says so: the oldest first. */
public final class GatedSagaLog implements SagaLog {

    private final InMemorySagaLog durable = new InMemorySagaLog();
    private final Queue<Waiting> waiting = new ArrayDeque<>();

    private RuntimeException refusal;

    private record Waiting(SagaLogEntry entry, CompletableFuture<Void> appended) {}

    @Override
    public synchronized CompletionStage<Void> append(SagaLogEntry entry) {
        if (refusal != null) {
            throw refusal;
        }
        Waiting append = new Waiting(entry, new CompletableFuture<>());
        waiting.add(append);
        return append.appended();
    }

    /** The oldest append becomes durable. */
    public void letOneIn() {
        Waiting append = take();
        durable.append(append.entry());
        append.appended().complete(null);
    }

    /** It is not certain whether the oldest append became durable. */
    public void failOne(Exception failure) {
        take().appended().completeExceptionally(failure);
    }

    /** From now on, nothing can be appended; {@code null}: everything can. */
    public synchronized void refuse(RuntimeException failure) {
        refusal = failure;
    }

    private synchronized Waiting take() {
        return waiting.remove();
    }

    /** Appends that the test has not decided about. */
    public synchronized int waiting() {
        return waiting.size();
    }

    @Override
    public List<SagaLogEntry> read(SagaId sagaId) {
        return durable.read(sagaId);
    }

    @Override
    public int partitions() {
        return durable.partitions();
    }

    @Override
    public int partitionOf(SagaId sagaId) {
        return durable.partitionOf(sagaId);
    }

    @Override
    public void replay(int partition, Consumer<SagaLogEntry> reader) {
        durable.replay(partition, reader);
    }

    @Override
    public Following follow(Consumer<SagaLogEntry> reader) {
        return durable.follow(reader);
    }

    @Override
    public Following tail(Predicate<SagaId> which, Consumer<SagaLogEntry> reader) {
        return durable.tail(which, reader);
    }

    @Override
    public void close() {
        durable.close();
    }
}
