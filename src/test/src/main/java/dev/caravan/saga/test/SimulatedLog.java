package dev.caravan.saga.test;

import dev.caravan.saga.SagaId;
import dev.caravan.saga.state.EntryTooLargeException;
import dev.caravan.saga.state.SagaLog;
import dev.caravan.saga.state.SagaLogCodec;
import dev.caravan.saga.state.SagaLogEntry;
import dev.caravan.saga.state.SagaState;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.ObjLongConsumer;
import java.util.function.Predicate;
import java.util.stream.IntStream;

/**
 * A saga log in a {@link World}. What an instance appends is on its way for a while, in order; of what is on its way
 * when the instance dies, some may still arrive.
 */
public final class SimulatedLog {

    private static final SagaLogCodec CODEC = new SagaLogCodec();

    /** What Kafka takes unless it is told otherwise, in bytes. */
    static final int LARGEST_RECORD = 1_048_576;

    private final World world;
    private final List<List<SagaLogEntry>> partitions;
    private final List<List<Reader>> readers;
    private final Map<SagaId, List<SagaLogEntry>> sagas = new LinkedHashMap<>();

    public SimulatedLog(World world, int partitions) {
        this.world = world;
        this.partitions = IntStream.range(0, partitions)
                .<List<SagaLogEntry>>mapToObj(partition -> new ArrayList<>())
                .toList();
        this.readers = IntStream.range(0, partitions)
                .<List<Reader>>mapToObj(partition -> new ArrayList<>())
                .toList();
    }

    /** One that reads a partition on and on, in order. */
    public final class Reader {
        private final int partition;
        private final ObjLongConsumer<SagaLogEntry> receiver;
        private final World.Lane lane;
        private int position;

        private Reader(Instance instance, int partition, int position, ObjLongConsumer<SagaLogEntry> receiver) {
            this.partition = partition;
            this.position = position;
            this.receiver = receiver;
            this.lane = world.lane(instance);
        }

        private void next() {
            int offset = position++;
            receiver.accept(partitions.get(partition).get(offset), offset);
        }

        public void close() {
            lane.keep(0);
            readers.get(partition).remove(this);
        }
    }

    public Reader read(Instance instance, int partition, long position, ObjLongConsumer<SagaLogEntry> receiver) {
        Reader reader = new Reader(instance, partition, (int) position, receiver);
        readers.get(partition).add(reader);
        for (long offset = position; offset < end(partition); offset++) {
            reader.lane.add(reader::next);
        }
        return reader;
    }

    /** Has an entry that was written elsewhere. */
    void keep(SagaLogEntry entry) {
        arrive(partitionOf(entry.sagaId()), CODEC.encode(entry));
    }

    private void arrive(int partition, byte[] value) {
        SagaLogEntry kept = CODEC.decode(value);
        partitions.get(partition).add(kept);
        sagas.computeIfAbsent(kept.sagaId(), unknown -> new ArrayList<>()).add(kept);
        readers.get(partition).forEach(reader -> reader.lane.add(reader::next));
    }

    public long end(int partition) {
        return partitions.get(partition).size();
    }

    public int partitionOf(SagaId sagaId) {
        return Math.floorMod(sagaId.value().hashCode(), partitions.size());
    }

    /** What has arrived of one saga. */
    public List<SagaLogEntry> entries(SagaId sagaId) {
        return List.copyOf(sagas.getOrDefault(sagaId, List.of()));
    }

    /** Where a saga is, by what has arrived of it. */
    SagaState state(SagaId sagaId) {
        return SagaState.replay(sagaId, entries(sagaId));
    }

    /** The sagas of which something has arrived. */
    public List<SagaId> sagas() {
        return List.copyOf(sagas.keySet());
    }

    /** The log as one instance sees it. */
    public SagaLog of(Instance instance) {
        return new Connection(instance);
    }

    private final class Connection implements SagaLog {
        private final Instance instance;
        private final Map<Integer, World.Lane> onTheirWay = new HashMap<>();
        private final World.Lane acknowledged;

        private Connection(Instance instance) {
            this.instance = instance;
            this.acknowledged = world.lane(instance);
            instance.atDeath(() -> onTheirWay.values().forEach(lane -> lane.keep(world.choose(lane.size() + 1))));
        }

        @Override
        public CompletionStage<Void> append(SagaLogEntry entry) {
            byte[] value = CODEC.encode(entry);
            if (value.length > LARGEST_RECORD) {
                return CompletableFuture.failedFuture(
                        new EntryTooLargeException(entry, value.length, "raise the limit of Kafka's records", null));
            }
            CompletableFuture<Void> durable = new CompletableFuture<>();
            int partition = partitionOf(entry.sagaId());
            World.Lane lane = onTheirWay.computeIfAbsent(partition, unknown -> world.lane());
            instance.act(() -> lane.add(() -> {
                arrive(partition, value);
                acknowledged.add(() -> durable.complete(null));
            }));
            return durable;
        }

        @Override
        public List<SagaLogEntry> read(SagaId sagaId) {
            return entries(sagaId);
        }

        @Override
        public int partitions() {
            return partitions.size();
        }

        @Override
        public int partitionOf(SagaId sagaId) {
            return SimulatedLog.this.partitionOf(sagaId);
        }

        @Override
        public void replay(int partition, Consumer<SagaLogEntry> reader) {
            List.copyOf(partitions.get(partition)).forEach(reader);
        }

        @Override
        public Following follow(Consumer<SagaLogEntry> reader) {
            throw new UnsupportedOperationException("An instance reads the partitions that it owns");
        }

        @Override
        public Following tail(Predicate<SagaId> which, Consumer<SagaLogEntry> reader) {
            List<Reader> tails = new ArrayList<>();
            for (int partition = 0; partition < partitions.size(); partition++) {
                tails.add(SimulatedLog.this.read(instance, partition, end(partition), (entry, offset) -> {
                    if (which.test(entry.sagaId())) {
                        reader.accept(entry);
                    }
                }));
            }
            return Following.caughtUp(() -> tails.forEach(Reader::close));
        }

        @Override
        public void close() {}
    }
}
