package dev.caravan.saga.state;

import dev.caravan.saga.SagaId;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.Predicate;

/** A saga log for tests: one partition, gone with the process. Readers that follow are called by the appending thread. */
public final class InMemorySagaLog implements SagaLog {

    private final List<SagaLogEntry> entries = new ArrayList<>();
    private final List<Consumer<SagaLogEntry>> readers = new CopyOnWriteArrayList<>();

    @Override
    public synchronized CompletionStage<Void> append(SagaLogEntry entry) {
        entries.add(entry);
        readers.forEach(reader -> reader.accept(entry));
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public synchronized List<SagaLogEntry> read(SagaId sagaId) {
        return entries.stream().filter(entry -> entry.sagaId().equals(sagaId)).toList();
    }

    @Override
    public int partitions() {
        return 1;
    }

    @Override
    public int partitionOf(SagaId sagaId) {
        return 0;
    }

    @Override
    public synchronized void replay(int partition, Consumer<SagaLogEntry> reader) {
        if (partition != 0) {
            throw new IllegalArgumentException("This log has partition 0 only, not " + partition);
        }
        entries.forEach(reader);
    }

    @Override
    public synchronized Following follow(Consumer<SagaLogEntry> reader) {
        entries.forEach(reader);
        return tail(sagaId -> true, reader);
    }

    @Override
    public synchronized Following tail(Predicate<SagaId> which, Consumer<SagaLogEntry> reader) {
        Consumer<SagaLogEntry> chosen = entry -> {
            if (which.test(entry.sagaId())) {
                reader.accept(entry);
            }
        };
        readers.add(chosen);
        return Following.caughtUp(() -> readers.remove(chosen));
    }

    @Override
    public void close() {
        readers.clear();
    }
}
