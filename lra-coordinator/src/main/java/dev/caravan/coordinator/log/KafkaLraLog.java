package dev.caravan.coordinator.log;

import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.CooperativeStickyAssignor;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/**
 * The log as a compacted topic. An append is durable when all in-sync replicas have it. One consumer reads all partitions;
 * another one reads nothing, and is the member of the group that the partitions are assigned to.
 */
public final class KafkaLraLog implements LraLog {

    private static final Duration POLL = Duration.ofMillis(500);
    private static final Duration CLOSE = Duration.ofSeconds(5);
    private static final int SESSION_TIMEOUT = 10_000; // ms

    private final String topic;
    private final KafkaProducer<String, byte[]> producer;
    private final KafkaConsumer<String, byte[]> reading;
    private final KafkaConsumer<String, byte[]> member;
    private final List<TopicPartition> partitions;
    private PollLoop reader;
    private PollLoop membership;

    /**
     * @param kafka settings of the clients, with {@code bootstrap.servers}
     * @param topic that exists
     * @param group of the instances that share the work
     */
    public KafkaLraLog(Map<String, String> kafka, String topic, String group) {
        this.topic = topic;
        Map<String, Object> produces = new HashMap<>();
        // what is sent while a request is under way goes with the next one: batches without a linger
        produces.put(ProducerConfig.MAX_IN_FLIGHT_REQUESTS_PER_CONNECTION, "1");
        produces.putAll(kafka);
        produces.put(ProducerConfig.ACKS_CONFIG, "all");
        produces.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, "true");
        this.producer = new KafkaProducer<>(produces, new StringSerializer(), new ByteArraySerializer());
        this.reading = consumer(kafka, Map.of());
        this.member = consumer(
                kafka,
                Map.of(
                        ConsumerConfig.GROUP_ID_CONFIG,
                        group,
                        ConsumerConfig.PARTITION_ASSIGNMENT_STRATEGY_CONFIG,
                        CooperativeStickyAssignor.class.getName(),
                        ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG,
                        Integer.parseInt(kafka.getOrDefault(
                                ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG, Integer.toString(SESSION_TIMEOUT)))));
        this.partitions = reading.partitionsFor(topic).stream()
                .map(part -> new TopicPartition(topic, part.partition()))
                .toList();
        if (partitions.isEmpty()) {
            throw new IllegalStateException("Nothing is known of the LRA log's topic " + topic);
        }
    }

    private static KafkaConsumer<String, byte[]> consumer(Map<String, String> kafka, Map<String, Object> own) {
        Map<String, Object> settings = new HashMap<>(kafka);
        settings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, "false");
        settings.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        settings.putAll(own);
        return new KafkaConsumer<>(settings, new StringDeserializer(), new ByteArrayDeserializer());
    }

    @Override
    public int partitions() {
        return partitions.size();
    }

    @Override
    public CompletionStage<Void> append(int partition, String key, byte[] value) {
        CompletableFuture<Void> durable = new CompletableFuture<>();
        try {
            producer.send(new ProducerRecord<>(topic, partition, key, value), (metadata, failure) -> {
                if (failure == null) {
                    durable.complete(null);
                } else {
                    durable.completeExceptionally(failure);
                }
            });
        } catch (RuntimeException e) {
            durable.completeExceptionally(e);
        }
        return durable;
    }

    @Override
    public void open(Reader to) {
        reading.assign(partitions);
        reading.seekToBeginning(partitions);
        Map<TopicPartition, Long> ends = reading.endOffsets(partitions);
        CountDownLatch caughtUp = new CountDownLatch(1);
        reader = new PollLoop("lra-log", reading, POLL, records -> {
            records.forEach(record -> to.read(record.partition(), record.key(), record.value()));
            if (caughtUp.getCount() > 0
                    && ends.entrySet().stream().allMatch(end -> reading.position(end.getKey()) >= end.getValue())) {
                caughtUp.countDown();
            }
        });
        reader.start();
        try {
            caughtUp.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted while the LRA log was read", e);
        }
        member.subscribe(List.of(topic), new Assignment(to));
        membership = new PollLoop("lra-members", member, POLL, records -> {});
        membership.start();
    }

    @Override
    public void close() {
        if (membership != null) {
            membership.close();
        } else {
            member.close();
        }
        if (reader != null) {
            reader.close();
        } else {
            reading.close();
        }
        producer.close(CLOSE);
    }

    /** What is assigned is not read: its reader is the one of all partitions. */
    private final class Assignment implements ConsumerRebalanceListener {

        private final Reader to;

        Assignment(Reader to) {
            this.to = to;
        }

        @Override
        public void onPartitionsAssigned(Collection<TopicPartition> parts) {
            member.pause(parts);
            parts.forEach(part -> to.gained(part.partition()));
        }

        @Override
        public void onPartitionsRevoked(Collection<TopicPartition> parts) {
            parts.forEach(part -> to.revoked(part.partition()));
        }

        @Override
        public void onPartitionsLost(Collection<TopicPartition> parts) {
            parts.forEach(part -> to.lost(part.partition()));
        }
    }
}
