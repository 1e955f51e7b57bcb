package dev.caravan.embeddedkafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.caravan.testing.HangLimit;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbeddedKafkaTest {

    private static final TopicPartition FIRST = new TopicPartition("parcels", 0);

    @TempDir
    Path directory;

    @Test
    void keepsTopicsRecordsAndGroupOffsetsOverARestart() throws Exception {
        try (EmbeddedKafka kafka = EmbeddedKafka.start(EmbeddedKafkaOptions.in(directory))) {
            createTopic(kafka);
            produce(kafka, "one", "two");
            try (KafkaConsumer<String, String> consumer = consumer(kafka)) {
                assertThat(read(consumer)).containsExactly("one", "two");
                consumer.commitSync(Map.of(FIRST, new OffsetAndMetadata(1)));
            }
        }

        try (EmbeddedKafka kafka = EmbeddedKafka.start(EmbeddedKafkaOptions.in(directory))) {
            try (Admin admin = admin(kafka)) {
                assertThat(admin.describeTopics(List.of("parcels"))
                                .allTopicNames()
                                .get()
                                .get("parcels")
                                .partitions())
                        .hasSize(4);
            }
            try (KafkaConsumer<String, String> consumer = consumer(kafka)) {
                assertThat(read(consumer)).containsExactly("two");
            }
        }
    }

    @Test
    void listensOnThePortItIsGiven() throws Exception {
        int port = LoopbackPorts.free();
        EmbeddedKafkaOptions options = EmbeddedKafkaOptions.in(directory).withPort(port);
        try (EmbeddedKafka kafka = EmbeddedKafka.start(options)) {
            assertThat(kafka.bootstrapServers()).isEqualTo("127.0.0.1:" + port);
            createTopic(kafka);
        }
    }

    @Test
    void refusesToCreateATopicThatNobodyAskedFor() {
        try (EmbeddedKafka kafka = EmbeddedKafka.start(EmbeddedKafkaOptions.in(directory));
                Admin admin = admin(kafka)) {
            assertThatThrownBy(() -> admin.describeTopics(List.of("unheard-of"))
                            .allTopicNames()
                            .get())
                    .hasCauseInstanceOf(UnknownTopicOrPartitionException.class);
        }
    }

    @Test
    void namesThePortThatIsInUse() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            EmbeddedKafkaOptions options = EmbeddedKafkaOptions.in(directory).withPort(taken.getLocalPort());
            assertThatThrownBy(() -> EmbeddedKafka.start(options))
                    .isInstanceOf(EmbeddedKafkaException.class)
                    .hasMessageStartingWith("Port " + taken.getLocalPort() + " is in use")
                    .hasMessageContaining("choose another port");
        }
    }

    @Test
    void leavesTheDirectoryOfAnotherBrokerAlone() {
        EmbeddedKafkaOptions options = EmbeddedKafkaOptions.in(directory);
        try (EmbeddedKafka kafka = EmbeddedKafka.start(options)) {
            assertThatThrownBy(() -> EmbeddedKafka.start(options))
                    .isInstanceOf(EmbeddedKafkaException.class)
                    .hasMessageContaining(kafka.directory() + " is in use by another broker");
        }
    }

    @Test
    void namesTheDirectoryThatCannotBeWritten() throws IOException {
        Path file = Files.writeString(directory.resolve("file"), "not a directory");
        EmbeddedKafkaOptions options = EmbeddedKafkaOptions.in(file.resolve("kafka"));
        assertThatThrownBy(() -> EmbeddedKafka.start(options))
                .isInstanceOf(EmbeddedKafkaException.class)
                .hasMessageContaining(options.directory() + " cannot be written");
    }

    @Test
    void turnsAHaltDuringStartIntoAnException() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            int port = taken.getLocalPort();
            EmbeddedKafkaOptions options = EmbeddedKafkaOptions.in(directory)
                    .with("controller.quorum.voters", "1@127.0.0.1:" + port)
                    .with("listeners", "PLAINTEXT://127.0.0.1:0,CONTROLLER://127.0.0.1:" + port);
            assertThatThrownBy(() -> EmbeddedKafka.start(options)).isInstanceOf(EmbeddedKafkaException.class);
        }
        try (EmbeddedKafka kafka = EmbeddedKafka.start(EmbeddedKafkaOptions.in(directory))) {
            assertThat(kafka.port()).isPositive();
        }
    }

    private static void createTopic(EmbeddedKafka kafka) throws Exception {
        try (Admin admin = admin(kafka)) {
            admin.createTopics(List.of(new NewTopic(FIRST.topic(), Optional.empty(), Optional.empty())))
                    .all()
                    .get();
        }
    }

    private static Admin admin(EmbeddedKafka kafka) {
        return Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()));
    }

    private static void produce(EmbeddedKafka kafka, String... values) throws Exception {
        Map<String, Object> settings = Map.of("bootstrap.servers", kafka.bootstrapServers());
        try (KafkaProducer<String, String> producer =
                new KafkaProducer<>(settings, new StringSerializer(), new StringSerializer())) {
            for (String value : values) {
                producer.send(new ProducerRecord<>(FIRST.topic(), FIRST.partition(), null, value))
                        .get();
            }
        }
    }

    private static KafkaConsumer<String, String> consumer(EmbeddedKafka kafka) {
        KafkaConsumer<String, String> consumer = new KafkaConsumer<>(
                Map.of(
                        "bootstrap.servers", kafka.bootstrapServers(),
                        "group.id", "readers",
                        "auto.offset.reset", "earliest",
                        "enable.auto.commit", "false"),
                new StringDeserializer(),
                new StringDeserializer());
        consumer.assign(List.of(FIRST));
        return consumer;
    }

    private static List<String> read(KafkaConsumer<String, String> consumer) {
        ConsumerRecords<String, String> records = consumer.poll(HangLimit.TIME);
        return records.records(FIRST).stream().map(r -> r.value()).toList();
    }
}
