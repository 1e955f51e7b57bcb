package dev.caravan.saga.kafka;

import dev.caravan.saga.Printable;
import dev.caravan.saga.SagaId;
import dev.caravan.saga.engine.SagaLogger;
import dev.caravan.saga.message.MalformedMessageException;
import dev.caravan.saga.state.EntryTooLargeException;
import dev.caravan.saga.state.SagaLog;
import dev.caravan.saga.state.SagaLogCodec;
import dev.caravan.saga.state.SagaLogEntry;
import dev.caravan.saga.time.SteadyClock;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.ToLongFunction;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.utils.Utils;
import org.slf4j.Logger;

/**
 * The saga log on Kafka. An append is durable when all in-sync replicas have it; the idempotent producer keeps the
 * order of one saga's entries also when it sends again.
 *
 * <p>A record that is no entry is skipped with a warning that says where it is; it stays in the topic.
 */
public final class KafkaSagaLog implements SagaLog {

    private static final Logger LOGGER = SagaLogger.of(KafkaSagaLog.class);
    private static final Duration POLL = Duration.ofMillis(200);
    private static final int WARNINGS = 10;

    /** A scan ends at the end of the partition: it has nothing to wait for there, and its close would wait, too. */
    private static final Map<String, Object> NO_WAITING = Map.of(ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, "5");

    /** A list of sagas may be a moment old. A fetch for each entry would cost it, and the broker, more than the entry. */
    private static final Map<String, Object> NOT_AT_ONCE = Map.of(
            ConsumerConfig.FETCH_MIN_BYTES_CONFIG, "65536",
            ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, "100");

    private final KafkaClients clients;
    private final String topic;
    private final int partitions;
    private final Topics topics;
    private final SagaLogCodec codec;
    private final PerMinute warnings;

    private KafkaSagaLog(KafkaClients clients, Topics topics, String topic) {
        this.topics = topics;
        this.warnings = new PerMinute(SteadyClock.OF_PROCESS, WARNINGS);
        this.clients = clients;
        this.topic = topic;
        this.partitions = topics.partitionsOf(topic);
        this.codec = new SagaLogCodec(clients.sensitiveFields());
    }

    /**
     * Opens the log and creates its topic if there is none. Blocks.
     *
     * @param retention how long entries are kept, if the topic is created
     */
    public static KafkaSagaLog open(KafkaClients clients, Topics topics, String topic, Duration retention) {
        topics.ensure(List.of(topic), Map.of("retention.ms", Long.toString(retention.toMillis())));
        return new KafkaSagaLog(clients, topics, topic);
    }

    @Override
    public CompletionStage<Void> append(SagaLogEntry entry) {
        byte[] value = codec.encode(entry);
        int bytes = value.length;
        return clients.send(new ProducerRecord<>(topic, entry.sagaId().value(), value))
                .exceptionallyCompose(failure -> CompletableFuture.failedFuture(explained(failure, entry, bytes)));
    }

    private Throwable explained(Throwable failure, SagaLogEntry entry, int bytes) {
        return failure instanceof RecordTooLargeException
                ? new EntryTooLargeException(
                        entry,
                        bytes,
                        "raise camel.component.kafka.max-request-size and max.message.bytes of the topic " + topic,
                        failure)
                : failure;
    }

    @Override
    public List<SagaLogEntry> read(SagaId sagaId) {
        List<SagaLogEntry> entries = new ArrayList<>();
        scan(partitionOf(sagaId), consumer -> 0, into(entries, sagaId));
        return entries;
    }

    @Override
    public List<SagaLogEntry> readAt(SagaId sagaId, long[] positions, long more) {
        List<SagaLogEntry> entries = new ArrayList<>();
        try (KafkaConsumer<String, byte[]> consumer = clients.consumer(RecordsAt.SMALL_FETCHES)) {
            new RecordsAt(consumer, new TopicPartition(topic, partitionOf(sagaId)))
                    .read(positions, more, into(entries, sagaId));
        }
        return entries;
    }

    @Override
    public List<SagaLogEntry> readSince(SagaId sagaId, Instant since) {
        List<SagaLogEntry> entries = new ArrayList<>();
        int partition = partitionOf(sagaId);
        scan(partition, consumer -> offsetAt(consumer, partition, since), into(entries, sagaId));
        return entries;
    }

    private Consumer<ConsumerRecord<String, byte[]>> into(List<SagaLogEntry> entries, SagaId sagaId) {
        return message -> {
            if (sagaId.value().equals(message.key())) {
                decode(message).ifPresent(entries::add);
            }
        };
    }

    /** Of what is not looked for, nothing but the key is read. */
    @Override
    public void idsSince(int partition, Instant since, Consumer<SagaId> reader) {
        scan(partition, consumer -> offsetAt(consumer, partition, since), message -> {
            if (SagaId.isValid(message.key())) {
                reader.accept(new SagaId(message.key()));
            }
        });
    }

    private long offsetAt(KafkaConsumer<String, byte[]> consumer, int partition, Instant since) {
        TopicPartition part = new TopicPartition(topic, partition);
        OffsetAndTimestamp found =
                consumer.offsetsForTimes(Map.of(part, since.toEpochMilli())).get(part);
        return found == null ? Long.MAX_VALUE : found.offset();
    }

    public String topic() {
        return topic;
    }

    @Override
    public int partitions() {
        return partitions;
    }

    /** As Kafka's producer has it. */
    @Override
    public int partitionOf(SagaId sagaId) {
        byte[] key = sagaId.value().getBytes(StandardCharsets.UTF_8);
        return Utils.toPositive(Utils.murmur2(key)) % partitions;
    }

    @Override
    public void replay(int partition, Consumer<SagaLogEntry> reader) {
        scan(partition, consumer -> 0, message -> decode(message).ifPresent(reader));
    }

    private void scan(
            int partition,
            ToLongFunction<KafkaConsumer<String, byte[]>> first,
            Consumer<ConsumerRecord<String, byte[]>> reader) {
        TopicPartition part = new TopicPartition(topic, partition);
        try (KafkaConsumer<String, byte[]> consumer = clients.consumer(NO_WAITING)) {
            consumer.assign(List.of(part));
            long beginning = Objects.requireNonNull(
                    consumer.beginningOffsets(List.of(part)).get(part));
            long end = Objects.requireNonNull(consumer.endOffsets(List.of(part)).get(part));
            consumer.seek(part, Math.min(end, Math.max(beginning, first.applyAsLong(consumer))));
            while (consumer.position(part) < end) {
                consumer.poll(POLL).forEach(reader);
            }
        }
    }

    @Override
    public Following follow(Consumer<SagaLogEntry> reader) {
        return followPositions((entry, position) -> reader.accept(entry));
    }

    @Override
    public Following followPositions(PositionReader reader) {
        return followPositions(new long[partitions], reader);
    }

    @Override
    public Following followPositions(long[] from, PositionReader reader) {
        return new KafkaFollowing(clients, NOT_AT_ONCE, topic, partitions, from, message -> decode(message)
                .ifPresent(entry -> reader.accept(entry, message.offset())));
    }

    @Override
    public Optional<String> identity() {
        return Optional.of(topics.identityOf(topic) + " " + partitions);
    }

    @Override
    public long[] beginnings() {
        return offsets(KafkaConsumer::beginningOffsets);
    }

    @Override
    public long[] ends() {
        return offsets(KafkaConsumer::endOffsets);
    }

    private long[] offsets(
            BiFunction<KafkaConsumer<String, byte[]>, Collection<TopicPartition>, Map<TopicPartition, Long>> which) {
        List<TopicPartition> parts = IntStream.range(0, partitions)
                .mapToObj(partition -> new TopicPartition(topic, partition))
                .toList();
        try (KafkaConsumer<String, byte[]> consumer = clients.consumer(NO_WAITING)) {
            Map<TopicPartition, Long> found = which.apply(consumer, parts);
            return parts.stream().mapToLong(found::get).toArray();
        }
    }

    @Override
    public Following tail(Predicate<SagaId> which, Consumer<SagaLogEntry> reader) {
        return new KafkaFollowing(clients, Map.of(), topic, partitions, null, message -> {
            if (SagaId.isValid(message.key()) && which.test(new SagaId(message.key()))) {
                decode(message).ifPresent(reader);
            }
        });
    }

    /**
     * Reads a record of the topic.
     *
     * @throws MalformedMessageException it is no entry, or not where entries of its saga are looked for
     */
    public SagaLogEntry parse(ConsumerRecord<String, byte[]> message) {
        SagaLogEntry entry = codec.decode(message.value());
        SagaId sagaId = entry.sagaId();
        if (!sagaId.value().equals(message.key())) {
            throw new MalformedMessageException(
                    "It is of saga %s, and its key is %s".formatted(sagaId, message.key()), null);
        }
        if (partitionOf(sagaId) != message.partition()) {
            throw new MalformedMessageException(
                    "Entries of saga %s are looked for in partition %d of %d. Were partitions added to the topic?"
                            .formatted(sagaId, partitionOf(sagaId), partitions),
                    null);
        }
        return entry;
    }

    /** Reads a record of the topic; empty, with a warning, for one that is no entry. */
    private Optional<SagaLogEntry> decode(ConsumerRecord<String, byte[]> message) {
        try {
            return Optional.of(parse(message));
        } catch (MalformedMessageException e) {
            if (warnings.passes()) {
                LOGGER.warn(
                        "Skipped a record of {} partition {} offset {} key {}: {}{}",
                        topic,
                        message.partition(),
                        message.offset(),
                        Received.saga(message),
                        Printable.of(e.getMessage()),
                        warnings.andMore());
            }
            return Optional.empty();
        }
    }

    /** Nothing to do: the clients belong to who made them. */
    @Override
    public void close() {}
}
