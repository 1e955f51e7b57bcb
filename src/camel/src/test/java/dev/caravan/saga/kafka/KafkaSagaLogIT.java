package dev.caravan.saga.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.caravan.embeddedkafka.EmbeddedKafka;
import dev.caravan.embeddedkafka.EmbeddedKafkaOptions;
import dev.caravan.saga.SagaId;
import dev.caravan.saga.Step;
import dev.caravan.saga.state.EntryTooLargeException;
import dev.caravan.saga.state.SagaEvent;
import dev.caravan.saga.state.SagaLog;
import dev.caravan.saga.state.SagaLogCodec;
import dev.caravan.saga.state.SagaLogContract;
import dev.caravan.saga.state.SagaLogEntry;
import dev.caravan.testing.HangLimit;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.io.TempDir;

class KafkaSagaLogIT extends SagaLogContract {

    private static final int PARTITIONS = 3;
    private static final Duration RETENTION = Duration.ofDays(7);

    @TempDir
    private static Path directory;

    private static EmbeddedKafka kafka;
    private static KafkaClients clients;

    private String topic;
    private KafkaSagaLog log;

    @BeforeAll
    static void startKafka() {
        kafka = EmbeddedKafka.start(EmbeddedKafkaOptions.in(directory));
        clients = KafkaClients.of(kafka.bootstrapServers());
    }

    @AfterAll
    static void stopKafka() {
        clients.close();
        kafka.close();
    }

    @BeforeEach
    void openAnEmptyLog(TestInfo test) {
        topic = "saga-logs-" + test.getTestMethod().orElseThrow().getName();
        log = open(PARTITIONS);
    }

    @AfterEach
    void closeTheLog() {
        log.close();
    }

    @Override
    protected SagaLog log() {
        return log;
    }

    private KafkaSagaLog open(int partitions) {
        return KafkaSagaLog.open(clients, new Topics(clients, partitions, HangLimit.TIME), topic, RETENTION);
    }

    @Test
    void createsItsTopicWithPartitionsAndRetention() throws Exception {
        ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()))) {
            assertThat(admin.describeTopics(List.of(topic))
                            .allTopicNames()
                            .get()
                            .get(topic)
                            .partitions())
                    .hasSize(PARTITIONS);
            assertThat(admin.describeConfigs(List.of(resource))
                            .all()
                            .get()
                            .get(resource)
                            .get("retention.ms")
                            .value())
                    .isEqualTo(Long.toString(RETENTION.toMillis()));
        }
    }

    @Test
    void leavesATopicThatExistsAsItIs() throws Exception {
        SagaLogEntry start = append(new SagaId("order-1"), 0);

        try (KafkaSagaLog again = open(PARTITIONS + 4)) {
            assertThat(again.partitions()).isEqualTo(PARTITIONS);
            assertThat(again.read(new SagaId("order-1"))).containsExactly(start);
        }
    }

    @Test
    void findsASagaWhereTheProducerPutIt() throws Exception {
        for (int saga = 0; saga < 10; saga++) {
            append(new SagaId("order-" + saga), 0);
        }

        List<ConsumerRecord<String, byte[]>> records = records();
        assertThat(records.stream().map(ConsumerRecord::partition).distinct()).hasSize(PARTITIONS);
        for (ConsumerRecord<String, byte[]> message : records) {
            SagaId sagaId = new SagaId(message.key());
            List<SagaLogEntry> replayed = new ArrayList<>();
            log.replay(message.partition(), replayed::add);
            assertThat(replayed).contains(entry(sagaId, 0));
            assertThat(log.read(sagaId)).containsExactly(entry(sagaId, 0));
        }
    }

    @Test
    void saysWhatToDoAboutAnEntryThatIsTooLarge() {
        SagaEvent large = new SagaEvent.CompensateFail(new Step("PAY", 1), "x".repeat(1_100_000));

        assertThat(log.append(new SagaLogEntry(new SagaId("large"), 1, Instant.EPOCH, large)))
                .failsWithin(HangLimit.TIME)
                .withThrowableThat()
                .withCauseInstanceOf(EntryTooLargeException.class)
                .withMessageContaining("COMPENSATE_FAIL of saga large takes 1100")
                .withMessageEndingWith("max.message.bytes of the topic " + topic);
    }

    @Test
    void skipsARecordThatIsNoEntry() throws Exception {
        SagaId sagaId = new SagaId("order-1");
        SagaLogEntry start = append(sagaId, 0);
        for (String garbage : new String[] {"garbage", "{\"sagaId\":\"order-1\"}", null}) {
            clients.send(new ProducerRecord<>(topic, "order-1", garbage == null ? null : garbage.getBytes(UTF_8)))
                    .get(HangLimit.SECONDS, TimeUnit.SECONDS);
        }
        byte[] valid = new SagaLogCodec().encode(entry(sagaId, 1));
        clients.send(new ProducerRecord<>(topic, "order-2", valid)).get(HangLimit.SECONDS, TimeUnit.SECONDS);
        int elsewhere = (log.partitionOf(sagaId) + 1) % PARTITIONS;
        clients.send(new ProducerRecord<>(topic, elsewhere, "order-1", valid)).get(HangLimit.SECONDS, TimeUnit.SECONDS);
        SagaLogEntry next = append(sagaId, 1);

        List<SagaLogEntry> heard = new CopyOnWriteArrayList<>();
        try (SagaLog.Following following = log.follow(heard::add)) {
            following.caughtUp().toCompletableFuture().get(HangLimit.SECONDS, TimeUnit.SECONDS);
        }
        assertThat(heard).containsExactly(start, next);
        assertThat(log.read(sagaId)).containsExactly(start, next);
        assertThat(records()).hasSize(7);
    }

    @Test
    void aReaderThatEndedByItselfSaysSo() throws Exception {
        try (SagaLog.Following following = log.follow(entry -> {
            throw new StackOverflowError("deep");
        })) {
            assertThat(following.trouble()).isEmpty();

            append(new SagaId("order-1"), 0);

            await().until(() -> following.trouble().isPresent());
            assertThat(following.trouble().orElseThrow())
                    .contains("-reader does nothing any more")
                    .contains("Start this instance again");
        }
    }

    @Test
    void survivesARestartOfTheBroker() throws Exception {
        SagaId sagaId = new SagaId("order-1");
        SagaLogEntry before = append(sagaId, 0);
        int port = kafka.port();

        kafka.close();
        SagaLogEntry meanwhile = entry(sagaId, 1);
        var appended = log.append(meanwhile).toCompletableFuture();
        kafka = EmbeddedKafka.start(EmbeddedKafkaOptions.in(directory).withPort(port));
        appended.get(HangLimit.SECONDS, TimeUnit.SECONDS);
        SagaLogEntry after = append(sagaId, 2);

        assertThat(log.read(sagaId)).containsExactly(before, meanwhile, after);
    }

    private List<ConsumerRecord<String, byte[]>> records() {
        List<TopicPartition> parts = IntStream.range(0, PARTITIONS)
                .mapToObj(partition -> new TopicPartition(topic, partition))
                .toList();
        List<ConsumerRecord<String, byte[]>> records = new ArrayList<>();
        try (KafkaConsumer<String, byte[]> consumer = clients.consumer(Map.of())) {
            consumer.assign(parts);
            Map<TopicPartition, Long> end = consumer.endOffsets(parts);
            consumer.seekToBeginning(parts);
            while (parts.stream().anyMatch(part -> consumer.position(part) < end.get(part))) {
                consumer.poll(Duration.ofMillis(200)).forEach(records::add);
            }
        }
        return records;
    }
}
