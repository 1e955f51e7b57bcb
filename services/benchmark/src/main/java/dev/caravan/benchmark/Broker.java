package dev.caravan.benchmark;

import dev.caravan.embeddedkafka.EmbeddedKafka;
import dev.caravan.embeddedkafka.EmbeddedKafkaOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.TopicPartition;
import org.springframework.util.FileSystemUtils;

/** A broker in this process that begins empty, and what is in its topics. */
final class Broker implements AutoCloseable {

    private final Path directory;
    private final EmbeddedKafka kafka;
    private final Admin admin;

    private Broker(Path directory, EmbeddedKafka kafka) {
        this.directory = directory;
        this.kafka = kafka;
        this.admin = Admin.create(Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, kafka.bootstrapServers()));
    }

    /** @param flushed whether each append waits until it is on the disk */
    static Broker start(boolean flushed) throws IOException {
        Path directory = Files.createTempDirectory("caravan-benchmark-");
        EmbeddedKafkaOptions options = EmbeddedKafkaOptions.in(directory.resolve("kafka"));
        return new Broker(
                directory, EmbeddedKafka.start(flushed ? options.with("log.flush.interval.messages", "1") : options));
    }

    String servers() {
        return kafka.bootstrapServers();
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

    @Override
    public void close() throws IOException {
        admin.close();
        kafka.close();
        FileSystemUtils.deleteRecursively(directory);
    }
}
