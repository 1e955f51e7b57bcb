package dev.caravan.benchmark;

import dev.caravan.embeddedkafka.EmbeddedKafka;
import dev.caravan.embeddedkafka.EmbeddedKafkaOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.springframework.util.FileSystemUtils;

/** A broker in this process that begins empty, or one that runs elsewhere; and what is in its topics. */
final class Broker implements AutoCloseable {

    private static final Duration POLL = Duration.ofMillis(200);

    private final Path directory;
    private final String servers;
    private final Runnable end;
    private final Admin admin;

    private Broker(Path directory, String servers, Runnable end) {
        this.directory = directory;
        this.servers = servers;
        this.end = end;
        this.admin = Admin.create(Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, servers));
    }

    /** @param servers for instance {@code kafka:9092}; topics that are missing are made, and left there */
    static Broker at(String servers) throws IOException {
        return new Broker(temporary(), servers, () -> {});
    }

    private static Path temporary() throws IOException {
        return Files.createTempDirectory("caravan-benchmark-");
    }

    /** @param flushed whether each append waits until it is on the disk */
    static Broker start(boolean flushed) throws IOException {
        Path directory = temporary();
        EmbeddedKafkaOptions options = EmbeddedKafkaOptions.in(directory.resolve("kafka"));
        EmbeddedKafka kafka = EmbeddedKafka.start(flushed ? options.with("log.flush.interval.messages", "1") : options);
        return new Broker(directory, kafka.bootstrapServers(), kafka::close);
    }

    String servers() {
        return servers;
    }

    /** For whatever else a row keeps; removed with the broker. */
    Path directory() {
        return directory;
    }

    /** How many records were ever appended to the topics, those of Kafka itself left out. */
    long records() throws ExecutionException, InterruptedException {
        var topics = admin.describeTopics(admin.listTopics().names().get())
                .allTopicNames()
                .get();
        Map<TopicPartition, OffsetSpec> ends = topics.values().stream()
                .flatMap(topic -> topic.partitions().stream()
                        .map(partition -> new TopicPartition(topic.name(), partition.partition())))
                .collect(Collectors.toMap(Function.identity(), partition -> OffsetSpec.latest()));
        return admin.listOffsets(ends).all().get().values().stream()
                .mapToLong(end -> end.offset())
                .sum();
    }

    /**
     * Waits until so many records were appended to a topic.
     *
     * @throws IllegalStateException they were not, in that time
     */
    void await(String topic, long count, Duration patience) {
        long deadline = System.nanoTime() + patience.toNanos();
        long seen = 0;
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                Map.of(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, servers),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer())) {
            consumer.assign(consumer.partitionsFor(topic).stream()
                    .map(partition -> new TopicPartition(topic, partition.partition()))
                    .toList());
            consumer.seekToBeginning(consumer.assignment());
            while (seen < count) {
                seen += consumer.poll(POLL).count();
                if (System.nanoTime() > deadline) {
                    throw new IllegalStateException(
                            "%d of %d records came to %s in %d s".formatted(seen, count, topic, patience.toSeconds()));
                }
            }
        }
    }

    @Override
    public void close() throws IOException {
        admin.close();
        end.run();
        FileSystemUtils.deleteRecursively(directory);
    }
}
