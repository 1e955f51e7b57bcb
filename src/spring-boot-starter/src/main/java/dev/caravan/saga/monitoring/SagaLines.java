package dev.caravan.saga.monitoring;

import dev.caravan.saga.Printable;
import dev.caravan.saga.SagaId;
import dev.caravan.saga.state.SagaLog;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A line for each saga: in memory of those in flight, FAILED ones and those that ended last, and of all others on disk, if
 * there is one. Who reads sees each saga once, whatever moves to the disk meanwhile. A disk that fails is done without until
 * the next start; what was on it is forgotten, and counted. Written by one thread at a time, read by any.
 */
final class SagaLines implements AutoCloseable {

    private static final Logger LOGGER = LoggerFactory.getLogger(SagaLines.class);

    /** That part of what may be in memory goes to the disk at a time. */
    private static final int PART = 10;

    private final int capacity;
    private final SagaLog log;
    private final SagaDirectory directory;
    private final Summaries memory = new Summaries();
    private final ReadWriteLock moving = new ReentrantReadWriteLock();
    private volatile EndedSagas disk;
    private volatile boolean hasDisk;
    private volatile long forgotten;

    /** @param capacity lines in memory; more only of sagas that have not ended */
    SagaLines(int capacity, SagaLog log, SagaDirectory directory) {
        this.capacity = capacity;
        this.log = log;
        this.directory = directory;
        this.hasDisk = !directory.isNone();
    }

    /** What there is in memory, and what of it there is on disk, put together. */
    interface Both<M, T> {

        T of(M inMemory, EndedSagas.Shown onDisk) throws IOException;
    }

    /** @return from where on the log has to be read, for each partition */
    long[] begin() {
        if (directory.isKept()) {
            try {
                return openedDisk().readFrom();
            } catch (IOException e) {
                doWithoutDisk(e);
            }
        }
        return new long[log.partitions()];
    }

    private EndedSagas openedDisk() throws IOException {
        if (disk == null) {
            disk = directory.open(log);
        }
        return disk;
    }

    void put(SagaSummary saga) {
        memory.put(saga);
    }

    /** The saga has ended for good. To be said once. */
    void end(SagaId sagaId) {
        memory.end(sagaId);
    }

    /**
     * Moves those that ended first to the disk when there are too many in memory.
     *
     * @param readFrom for each partition, from where on all entries are that were read of sagas in memory
     */
    synchronized void makeRoom(Supplier<long[]> readFrom) {
        int over = memory.size() - capacity;
        if (over < (hasDisk ? Math.max(1, capacity / PART) : 1)) {
            return;
        }
        List<SagaSummary> moved = memory.takeEnded(over);
        if (!moved.isEmpty()) {
            Runnable shown = store(moved, readFrom);
            moveTogether(shown, () -> moved.forEach(memory::remove));
        }
    }

    private Runnable store(List<SagaSummary> moved, Supplier<long[]> readFrom) {
        if (hasDisk) {
            try {
                return openedDisk().add(moved, directory.isKept() ? readFrom.get() : new long[log.partitions()]);
            } catch (IOException e) {
                doWithoutDisk(e);
            }
        }
        return () -> forgotten += moved.size();
    }

    /** Leaves out those that ended and of which the log has no beginning any more. Blocks. */
    synchronized void leaveOut(long[] beginnings) {
        Runnable shown = () -> {};
        if (disk != null) {
            try {
                shown = disk.leaveOut(beginnings);
            } catch (IOException e) {
                doWithoutDisk(e);
            }
        }
        moveTogether(
                shown,
                () -> memory.removeEnded(
                        saga -> saga.positions().begin() < beginnings[log.partitionOf(saga.sagaId())]));
    }

    private void moveTogether(Runnable shown, Runnable removed) {
        moving.writeLock().lock();
        try {
            shown.run();
        } catch (UncheckedIOException e) {
            doWithoutDisk(e);
        } finally {
            removed.run();
            moving.writeLock().unlock();
        }
    }

    private void doWithoutDisk(Exception why) {
        synchronized (moving) {
            if (hasDisk) {
                long lost = disk == null ? 0 : disk.size();
                LOGGER.warn(
                        "The list of sagas does without the directory {} until the next start, and leaves out the {} sagas"
                                + " that were there: {}",
                        directory,
                        lost,
                        Printable.failure(why));
                hasDisk = false;
                forgotten += lost;
            }
        }
    }

    /** All of it at one moment. */
    <M, T> T read(Function<Collection<SagaSummary>, M> inMemory, Both<M, T> both) {
        M found;
        EndedSagas.Shown shown;
        moving.readLock().lock();
        try {
            found = inMemory.apply(memory.all());
            shown = shown();
        } finally {
            moving.readLock().unlock();
        }
        try (shown) {
            return both.of(found, shown);
        } catch (IOException e) {
            doWithoutDisk(e);
        }
        return without(found, both);
    }

    private EndedSagas.Shown shown() {
        try {
            return disk != null && hasDisk ? disk.shown() : NoSagas.ON_DISK;
        } catch (IOException e) {
            doWithoutDisk(e);
            return NoSagas.ON_DISK;
        }
    }

    private static <M, T> T without(M found, Both<M, T> both) {
        try {
            return both.of(found, NoSagas.ON_DISK);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** In memory first: what moves is on the disk before it leaves the memory. */
    Optional<SagaSummary> find(SagaId sagaId) {
        Optional<SagaSummary> known = memory.find(sagaId);
        return known.isPresent() ? known : read(all -> null, (none, shown) -> shown.find(sagaId));
    }

    Optional<SagaSummary> findInMemory(SagaId sagaId) {
        return memory.find(sagaId);
    }

    /** The latest with this key. */
    Optional<SagaSummary> findByKey(String key) {
        Optional<SagaSummary> known = memory.findByKey(key);
        return Stream.concat(known.stream(), read(all -> null, (none, shown) -> shown.findByKey(key)).stream())
                .max(Comparator.comparing(SagaSummary::startedAt));
    }

    /** @param since the saga began then, or later: the disk is not asked for what is younger than all that is there */
    boolean hasEnded(SagaId sagaId, Instant since) {
        EndedSagas known = disk;
        boolean mayBeThere = known != null && !since.isAfter(known.latest());
        return memory.hasEnded(sagaId)
                || mayBeThere && memory.find(sagaId).isEmpty() && read(all -> null, (none, shown) -> shown.has(sagaId));
    }

    /** Of those in memory, as who writes its own entries hears of them at once. */
    boolean hasJustEnded(SagaId sagaId) {
        return memory.hasEnded(sagaId);
    }

    Collection<SagaSummary> inMemory() {
        return memory.all();
    }

    /** Sagas that ended and for which there was no room. */
    long forgotten() {
        return forgotten;
    }

    /** Of a directory that is kept, what is on disk stays there. */
    @Override
    public synchronized void close() {
        hasDisk = false;
        if (disk != null) {
            try {
                disk.close();
            } catch (IOException e) {
                LOGGER.warn(
                        "The directory {} of the list of sagas could not be closed: {}",
                        directory,
                        Printable.failure(e));
            }
        }
    }
}
