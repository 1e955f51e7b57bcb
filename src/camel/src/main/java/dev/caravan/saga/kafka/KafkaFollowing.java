package dev.caravan.saga.kafka;

import dev.caravan.saga.Printable;
import dev.caravan.saga.state.SagaLog;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads all partitions, from their beginning or their end on, and goes on. */
final class KafkaFollowing implements SagaLog.Following {

    private static final Logger LOGGER = LoggerFactory.getLogger(KafkaFollowing.class);

    private final KafkaConsumer<String, byte[]> consumer;
    private final Consumer<ConsumerRecord<String, byte[]>> reader;
    private final Map<TopicPartition, Long> end;
    private final CompletableFuture<Void> caughtUp = new CompletableFuture<>();
    private final RecordLoop loop;
    private final KafkaClients clients;
    private final LostEntries lost;
    private final Map<TopicPartition, Long> positions = new HashMap<>();
    private volatile long lag;

    /** @param from the first offset of each partition that is wanted; {@code null}: the end of each */
    KafkaFollowing(
            KafkaClients clients,
            Map<String, Object> settings,
            String topic,
            int partitions,
            long @Nullable [] from,
            Consumer<ConsumerRecord<String, byte[]>> reader) {
        this.clients = clients;
        this.consumer = clients.consumer(settings);
        this.lost = new LostEntries(topic);
        this.reader = reader;
        List<TopicPartition> parts = IntStream.range(0, partitions)
                .mapToObj(partition -> new TopicPartition(topic, partition))
                .toList();
        consumer.assign(parts);
        this.end = consumer.endOffsets(parts);
        if (from == null) {
            end.forEach(consumer::seek);
        } else {
            consumer.beginningOffsets(parts)
                    .forEach((part, first) -> consumer.seek(part, Math.max(first, from[part.partition()])));
        }
        this.lag = parts.stream()
                .mapToLong(part -> Objects.requireNonNull(end.get(part)) - consumer.position(part))
                .sum();
        this.loop = new RecordLoop(topic + "-reader", consumer, this::accept, () -> {});
        loop.start();
    }

    private void accept(ConsumerRecords<String, byte[]> records) {
        Optional<String> reason = clients.replaced().or(() -> lost.in(consumer, records, positions));
        if (reason.isPresent()) {
            loop.stopBecause(reason.get());
            return;
        }
        records.forEach(this::hand);
        consumer.assignment().forEach(part -> positions.put(part, consumer.position(part)));
        lag = consumer.assignment().stream()
                .mapToLong(part -> consumer.currentLag(part).orElse(0))
                .sum();
        if (!caughtUp.isDone()
                && end.entrySet().stream().allMatch(part -> consumer.position(part.getKey()) >= part.getValue())) {
            caughtUp.complete(null);
        }
    }

    /** A reader that cannot do with an entry still wants the others. */
    private void hand(ConsumerRecord<String, byte[]> message) {
        try {
            reader.accept(message);
        } catch (RuntimeException e) {
            LOGGER.error(
                    "The entry at {} partition {} offset {} met an unexpected error",
                    message.topic(),
                    message.partition(),
                    message.offset(),
                    Printable.failure(e));
        }
    }

    @Override
    public long lag() {
        return lag;
    }

    @Override
    public Optional<String> trouble() {
        return loop.trouble();
    }

    @Override
    public CompletionStage<Void> caughtUp() {
        return caughtUp;
    }

    @Override
    public void close() {
        loop.close();
    }
}
