package dev.caravan.saga.lra;

import dev.caravan.saga.engine.OwnedPartitions;
import dev.caravan.saga.state.InMemorySagaLog;
import dev.caravan.saga.state.SagaLogEntry;
import dev.caravan.testing.HangLimit;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/**
 * Owns the only partition, and reads it on a thread of its own, as the loop of a host does: who appends holds a saga, and
 * would wait for ever for one who lets go of all sagas.
 */
final class PartitionReader {

    private final OwnedPartitions partitions;
    private final List<SagaLogEntry> entries = new CopyOnWriteArrayList<>();
    private final ExecutorService loop = Executors.newSingleThreadExecutor(task -> new Thread(task, "reader"));
    private int next;

    PartitionReader(OwnedPartitions partitions, InMemorySagaLog log) {
        this.partitions = partitions;
        run(() -> partitions.gained(0, 0, 0));
        log.follow(entry -> {
            entries.add(entry);
            loop.execute(this::readOn);
        });
    }

    private void readOn() {
        while (next < entries.size()) {
            partitions.read(0, next, entries.get(next));
            next++;
        }
    }

    /** All that was ever appended. */
    List<SagaLogEntry> entries() {
        return List.copyOf(entries);
    }

    /** The partition is another instance's now. */
    void lose() {
        run(() -> partitions.lost(0));
    }

    /** The partition is this instance's again, and all that is in it is read. */
    void comeBack() {
        run(() -> {
            partitions.gained(0, 0, entries.size());
            next = 0;
            readOn();
        });
    }

    private void run(Runnable task) {
        CompletableFuture.runAsync(task, loop)
                .orTimeout(HangLimit.SECONDS, TimeUnit.SECONDS)
                .join();
    }

    void close() {
        loop.shutdown();
    }
}
