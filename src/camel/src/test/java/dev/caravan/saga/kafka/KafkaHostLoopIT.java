package dev.caravan.saga.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.caravan.embeddedkafka.EmbeddedKafka;
import dev.caravan.embeddedkafka.EmbeddedKafkaOptions;
import dev.caravan.saga.SagaId;
import dev.caravan.saga.camel.StartRefusedException;
import dev.caravan.saga.engine.LiveSaga;
import dev.caravan.saga.engine.OwnedPartitions;
import dev.caravan.saga.engine.SagaEngine;
import dev.caravan.saga.engine.SagaHost;
import dev.caravan.saga.state.SagaEvent;
import dev.caravan.saga.state.SagaLog;
import dev.caravan.saga.test.TestEngine;
import dev.caravan.saga.time.SystemTimers;
import dev.caravan.testing.HangLimit;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An instance on a log that has anything in it. */
class KafkaHostLoopIT {

    private static final int PARTITIONS = 2;

    @TempDir
    private static Path directory;

    private static EmbeddedKafka kafka;
    private static KafkaClients clients;
    private static Topics topics;

    @BeforeAll
    static void startKafka() {
        kafka = EmbeddedKafka.start(EmbeddedKafkaOptions.in(directory));
        clients = KafkaClients.of(kafka.bootstrapServers());
        topics = new Topics(clients, PARTITIONS, HangLimit.TIME);
    }

    @AfterAll
    static void stopKafka() {
        clients.close();
        kafka.close();
    }

    /** The time of day as a machine has it whose clock is set. */
    private static final class SetClock extends Clock {

        private volatile Duration set = Duration.ZERO;

        @Override
        public Instant instant() {
            return Instant.now().plus(set);
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            throw new UnsupportedOperationException("This clock is in UTC");
        }
    }

    /** One that runs no routes. */
    private record Instance(SagaHost host, OwnedPartitions owned, KafkaHostLoop loop, SystemTimers timers)
            implements AutoCloseable {

        private static final AtomicInteger SAGAS = new AtomicInteger();

        static Instance start(KafkaSagaLog log, String application) {
            return start(log, application, null);
        }

        static Instance start(KafkaSagaLog log, String application, String instanceId) {
            return start(log, application, instanceId, Clock.systemUTC());
        }

        static Instance start(KafkaSagaLog log, String application, String instanceId, Clock clock) {
            return start(KafkaHostLoopIT.clients, KafkaHostLoopIT.topics, log, application, instanceId, clock);
        }

        static Instance start(
                KafkaClients clients,
                Topics topics,
                KafkaSagaLog log,
                String application,
                String instanceId,
                Clock clock) {
            SystemTimers timers = new SystemTimers(clock, Runnable::run);
            SagaEngine engine = TestEngine.on(log, timers)
                    .application(application)
                    .partitions(OwnedPartitions.Ends.UNTOLD)
                    .build();
            KafkaHostLoop loop = new KafkaHostLoop(
                    clients,
                    topics,
                    log,
                    engine,
                    clock,
                    new Membership(instanceId, Duration.ofSeconds(6)),
                    Duration.ofDays(1),
                    ReplyTokens.NONE);
            loop.start();
            return new Instance(engine.host(), engine.partitions(), loop, timers);
        }

        LiveSaga startSaga() throws Exception {
            return startSaga(id -> true);
        }

        /** Each has an id of its own. */
        LiveSaga startSaga(Predicate<SagaId> which) throws Exception {
            owned.ready().get(HangLimit.SECONDS, TimeUnit.SECONDS);
            SagaId id = Stream.generate(() -> new SagaId("saga-" + SAGAS.incrementAndGet()))
                    .filter(which.and(owned::owns))
                    .findFirst()
                    .orElseThrow();
            return host.start(id, new SagaEvent.Start("order-saga", null, null, null, Map.of(), host.application()))
                    .get(HangLimit.SECONDS, TimeUnit.SECONDS);
        }

        @Override
        public void close() {
            loop.close();
            timers.close();
        }
    }

    private static List<String> letters(String topic) {
        List<String> letters = new ArrayList<>();
        try (KafkaConsumer<String, byte[]> consumer = clients.consumer(Map.of())) {
            List<TopicPartition> parts = new ArrayList<>();
            for (int i = 0; i < PARTITIONS; i++) {
                parts.add(new TopicPartition(Topics.deadLettersOf(topic), i));
            }
            consumer.assign(parts);
            consumer.seekToBeginning(parts);
            Map<TopicPartition, Long> end = consumer.endOffsets(parts);
            while (parts.stream().anyMatch(part -> consumer.position(part) < end.get(part))) {
                for (ConsumerRecord<String, byte[]> letter : consumer.poll(Duration.ofMillis(200))) {
                    letters.add(header(letter, DeadLetters.TOPIC) + "-" + header(letter, DeadLetters.PARTITION) + "@"
                            + header(letter, DeadLetters.OFFSET));
                }
            }
        }
        return letters;
    }

    private static String header(ConsumerRecord<String, byte[]> letter, String name) {
        return new String(letter.headers().lastHeader(name).value(), UTF_8);
    }

    @Test
    void becomesReadyOnALogFullOfGarbageAndKeepsEachRecordOnce() throws Exception {
        String topic = "saga-logs-garbage";
        KafkaSagaLog log = KafkaSagaLog.open(clients, topics, topic, Duration.ofDays(7));
        Set<String> places = new HashSet<>();
        for (int partition = 0; partition < PARTITIONS; partition++) {
            for (String garbage : List.of("{\"event\":{\"type\":\"SNAPSHOT\",\"state\":null}}", "\u0000", "{}")) {
                clients.send(new ProducerRecord<>(topic, partition, "poison", garbage.getBytes(UTF_8)))
                        .get(HangLimit.SECONDS, TimeUnit.SECONDS);
            }
            for (int offset = 0; offset < 3; offset++) {
                places.add(topic + "-" + partition + "@" + offset);
            }
        }

        try (Instance instance = Instance.start(log, "garbage")) {
            instance.startSaga();
            assertThat(instance.loop().unreadable()).isEqualTo(6);
        }
        try (Instance again = Instance.start(log, "garbage")) {
            again.startSaga();
        }

        assertThat(letters(topic)).containsExactlyInAnyOrderElementsOf(places);
    }

    /** The end of a transaction takes an offset and is no record. */
    @Test
    void becomesReadyOnALogThatEndsWithNoRecord() throws Exception {
        String topic = "saga-logs-gap";
        KafkaSagaLog log = KafkaSagaLog.open(clients, topics, topic, Duration.ofDays(7));
        Map<String, Object> settings =
                Map.of("bootstrap.servers", kafka.bootstrapServers(), "transactional.id", "somebody-else");
        try (KafkaProducer<String, byte[]> producer =
                new KafkaProducer<>(settings, new StringSerializer(), new ByteArraySerializer())) {
            producer.initTransactions();
            producer.beginTransaction();
            for (int partition = 0; partition < PARTITIONS; partition++) {
                producer.send(new ProducerRecord<>(topic, partition, "poison", new byte[0]));
            }
            producer.commitTransaction();
        }

        try (Instance instance = Instance.start(log, "gap")) {
            assertThat(instance.startSaga().state().nextSequence()).isEqualTo(1);
        }
    }

    /** As one that was frozen for longer than a session, while another process came under its id. */
    @Test
    void doesNothingAsLongAsAnotherProcessHasItsInstanceId() throws Exception {
        KafkaSagaLog log = KafkaSagaLog.open(clients, topics, "saga-logs-fenced", Duration.ofDays(7));
        try (Instance first = Instance.start(log, "fenced", "shop-1")) {
            LiveSaga before = first.startSaga();
            try (Instance second = Instance.start(log, "fenced", "shop-1")) {
                await().until(() -> first.loop().trouble().isPresent());
                assertThat(first.loop().trouble()).hasValueSatisfying(told -> assertThat(told)
                        .contains("saga-host was fenced: another process is member shop-1 of its group")
                        .contains("caravan.instance-id"));
                await().until(() -> second.host().size() == 1 && first.host().size() == 0);

                assertThat(before.isGone()).isTrue();
                assertThat(before.append(new SagaEvent.Close())).failsWithin(HangLimit.TIME);
                assertThat(events(log, before.id())).containsExactly("Start", "Resume");
                assertThat(second.loop().trouble()).isEmpty();
                assertThat(second.loop().fenced()).isEmpty();
            }

            await().until(() -> first.owned().owns(before.id()) && first.host().size() == 1);
            assertThat(first.host().live(before.id()).orElseThrow()).isNotSameAs(before);
            assertThat(first.startSaga().state().nextSequence()).isEqualTo(1);
            assertThat(first.loop().trouble()).isEmpty();
            assertThat(first.loop().fenced()).hasSize(1);
        }
    }

    private static List<String> events(KafkaSagaLog log, SagaId id) {
        return log.read(id).stream()
                .map(entry -> entry.event().getClass().getSimpleName())
                .toList();
    }

    /** The place of one whose request to join came twice is nobody's, and so is what it was assigned, until its session ends. */
    @Test
    void getsAllPartitionsBackWhenWhoTookItsInstanceIdIsNotThere() throws Exception {
        KafkaSagaLog log = KafkaSagaLog.open(clients, topics, "saga-logs-alone", Duration.ofDays(7));
        try (Instance instance = Instance.start(log, "alone", "shop-1")) {
            LiveSaga zero = instance.startSaga(id -> log.partitionOf(id) == 0);
            LiveSaga one = instance.startSaga(id -> log.partitionOf(id) == 1);
            try (KafkaConsumer<String, byte[]> ghost =
                    clients.consumer(new Membership("shop-1", Duration.ofSeconds(6)).of("alone"))) {
                ghost.subscribe(List.of(log.topic(), Topics.SAGA_REPLIES));
                await().until(() -> {
                    ghost.poll(Duration.ofMillis(100));
                    return !instance.loop().fenced().isEmpty();
                });
            } // as a member with an id it stays in the group

            await().until(() -> instance.owned().owns(zero.id())
                    && instance.owned().owns(one.id())
                    && instance.host().size() == 2);
            assertThat(instance.loop().trouble()).isEmpty();
        }
    }

    /** Offset and metadata of each commit for the topic. */
    private static List<String> committed(Admin admin, String group, String topic) throws Exception {
        return admin
                .listConsumerGroupOffsets(group)
                .partitionsToOffsetAndMetadata()
                .get(20, TimeUnit.SECONDS)
                .entrySet()
                .stream()
                .filter(part -> part.getKey().topic().equals(topic))
                .map(part -> part.getValue().offset() + " " + part.getValue().metadata())
                .toList();
    }

    /** Where it has come to is committed each second, and sagas are carried forward and adopted then. */
    @Test
    void goesOnCommittingThoughTheClockIsSetForthAndBack() throws Exception {
        String topic = "saga-logs-clock";
        KafkaSagaLog log = KafkaSagaLog.open(clients, topics, topic, Duration.ofDays(7));
        SetClock clock = new SetClock();
        try (Instance instance = Instance.start(log, "clock", null, clock);
                Admin admin = clients.admin(HangLimit.TIME)) {
            clock.set = Duration.ofHours(1);
            LiveSaga saga = instance.startSaga();
            await().until(() -> committed(admin, "clock", topic).contains("0 1 2"));

            clock.set = Duration.ZERO;
            saga.append(new SagaEvent.Close()).get(20, TimeUnit.SECONDS);
            saga.append(new SagaEvent.Complete()).get(20, TimeUnit.SECONDS);

            await().until(() -> committed(admin, "clock", topic).contains("3 3 2"));
        }
    }

    @Test
    void stopsAndSaysWhyWhenPartitionsAreAddedToTheLog() throws Exception {
        String topic = "saga-logs-grown";
        KafkaSagaLog log = KafkaSagaLog.open(clients, topics, topic, Duration.ofDays(7));
        try (Instance instance = Instance.start(log, "grown");
                Admin admin = clients.admin(HangLimit.TIME)) {
            instance.startSaga();
            admin.createPartitions(Map.of(topic, NewPartitions.increaseTo(PARTITIONS + 1)))
                    .all()
                    .get(HangLimit.SECONDS, TimeUnit.SECONDS);
            try (Instance other = Instance.start(log, "grown")) { // has heard of it already
                await().until(() -> other.loop().trouble().isPresent());
                assertThat(other.loop().trouble().orElseThrow())
                        .contains("has 3 partitions and had 2")
                        .contains("caravan.log.topic");
            }
        }
    }

    @Test
    void doesNotStartWhenRepliesHaveOtherPartitionsThanTheLog() throws Exception {
        KafkaSagaLog log = KafkaSagaLog.open(
                clients, new Topics(clients, PARTITIONS + 1, HangLimit.TIME), "saga-logs-larger", Duration.ofDays(7));

        assertThatThrownBy(() -> Instance.start(log, "larger"))
                .isInstanceOf(StartRefusedException.class)
                .hasMessageContaining("saga-logs-larger has 3 partitions and saga-replies has 2")
                .hasMessageContaining("Add partitions to saga-replies");
    }

    /** Nobody was there to see it: the commits of the owners before say how many there were. */
    @Test
    void stopsAndSaysWhyWhenPartitionsWereAddedWhileNoInstanceRan() throws Exception {
        try (EmbeddedKafka other = EmbeddedKafka.start(EmbeddedKafkaOptions.in(directory.resolve("unseen")));
                KafkaClients theirs = KafkaClients.of(other.bootstrapServers());
                Admin admin = theirs.admin(HangLimit.TIME)) {
            Topics before = new Topics(theirs, PARTITIONS, HangLimit.TIME);
            KafkaSagaLog log = KafkaSagaLog.open(theirs, before, "saga-logs", Duration.ofDays(7));
            try (Instance instance = Instance.start(theirs, before, log, "unseen", null, Clock.systemUTC())) {
                instance.startSaga();
                await().until(() -> committed(admin, "unseen", "saga-logs").contains("0 1 2"));
            }
            NewPartitions three = NewPartitions.increaseTo(PARTITIONS + 1);
            admin.createPartitions(Map.of("saga-logs", three, Topics.SAGA_REPLIES, three))
                    .all()
                    .get(20, TimeUnit.SECONDS);

            try (KafkaClients anew = KafkaClients.of(other.bootstrapServers())) {
                Topics after = new Topics(anew, PARTITIONS, HangLimit.TIME);
                KafkaSagaLog larger = KafkaSagaLog.open(anew, after, "saga-logs", Duration.ofDays(7));
                try (Instance instance = Instance.start(anew, after, larger, "unseen", null, Clock.systemUTC())) {
                    await().atMost(Duration.ofSeconds(60))
                            .until(() -> instance.loop().trouble().isPresent());
                    assertThat(instance.loop().trouble().orElseThrow()).contains("has 3 partitions and had 2");
                }
            }
        }
    }

    /** As after a machine lost what its disk had not got yet, or with the commits of another cluster. */
    @Test
    void stopsAndSaysWhyWhenTheLogEndsBeforeWhereItWasReadTo() throws Exception {
        String topic = "saga-logs-lost";
        KafkaSagaLog log = KafkaSagaLog.open(clients, topics, topic, Duration.ofDays(7));
        try (Admin admin = clients.admin(HangLimit.TIME)) {
            admin.alterConsumerGroupOffsets(
                            "lost", Map.of(new TopicPartition(topic, 1), new CommitNote(100, PARTITIONS).at(0)))
                    .all()
                    .get(HangLimit.SECONDS, TimeUnit.SECONDS);
        }

        try (Instance instance = Instance.start(log, "lost")) {
            await().until(() -> instance.loop().trouble().isPresent());
            assertThat(instance.loop().trouble().orElseThrow())
                    .contains("topic saga-logs-lost ends at offset 0 of partition 1, and was read to 100")
                    .contains("The saga log has lost entries");
            assertThat(instance.owned().ready()).isNotDone();
        }
    }

    @Test
    void stopsAndSaysWhyWhenTheClusterIsReplaced() throws Exception {
        EmbeddedKafka first = EmbeddedKafka.start(EmbeddedKafkaOptions.in(directory.resolve("first")));
        EmbeddedKafkaOptions second =
                EmbeddedKafkaOptions.in(directory.resolve("second")).withPort(first.port());
        try (KafkaClients theirs = KafkaClients.of(first.bootstrapServers())) {
            Topics before = new Topics(theirs, PARTITIONS, HangLimit.TIME);
            KafkaSagaLog log = KafkaSagaLog.open(theirs, before, "saga-logs", Duration.ofDays(7));
            try (Instance instance = Instance.start(theirs, before, log, "replaced", null, Clock.systemUTC());
                    SagaLog.Following reader = log.follow(entry -> {})) {
                instance.startSaga();
                first.close();

                try (EmbeddedKafka other = EmbeddedKafka.start(second)) {
                    assertThat(other.port()).isEqualTo(first.port());
                    await().until(() -> instance.loop().trouble().isPresent());
                    await().until(() -> reader.trouble().isPresent());

                    assertThat(instance.loop().trouble().orElseThrow())
                            .contains("saga-host does nothing any more, because Kafka is cluster ")
                            .contains("The saga log has lost entries");
                    assertThat(reader.trouble().orElseThrow()).contains("because Kafka is cluster ");
                    await().until(() -> instance.host().size() == 0);
                }
            }
        }
    }

    /** Of whom nothing comes but failures, though its thread lives. */
    @Test
    void saysSoWhenItFailsAgainAndAgainAndTakesThatBackWhenItWorks() {
        KafkaConsumer<String, byte[]> consumer = clients.consumer(Map.of());
        consumer.assign(List.of(new TopicPartition(Topics.SAGA_REPLIES, 0)));
        AtomicBoolean fails = new AtomicBoolean(true);
        AtomicReference<RecordLoop> here = new AtomicReference<>();
        RecordLoop loop = new RecordLoop(
                "a-loop",
                consumer,
                records -> {
                    here.get().wakeup(); // the next poll comes at once
                    if (fails.get()) {
                        throw new TopicAuthorizationException("not yours");
                    }
                },
                () -> {});
        here.set(loop);
        assertThat(loop.trouble()).isEmpty();

        loop.start();

        await().until(() -> loop.trouble().isPresent());
        assertThat(loop.trouble().orElseThrow())
                .contains("a-loop cannot work, and tries again")
                .contains("not yours");
        fails.set(false);
        await().until(() -> loop.trouble().isEmpty());
        assertThat(loop.stop()).succeedsWithin(HangLimit.TIME);
    }

    @Test
    void endsAndSaysSoWhenAnErrorMeetsIt() {
        KafkaConsumer<String, byte[]> consumer = clients.consumer(Map.of());
        consumer.assign(List.of(new TopicPartition(Topics.SAGA_REPLIES, 0)));
        RecordLoop loop = new RecordLoop(
                "a-loop",
                consumer,
                records -> {
                    throw new StackOverflowError("deep");
                },
                () -> {});

        loop.start();

        await().until(() -> loop.trouble().isPresent());
        assertThat(loop.trouble().orElseThrow())
                .contains("a-loop does nothing any more")
                .contains("StackOverflowError");
        assertThat(loop.stop()).succeedsWithin(HangLimit.TIME);
    }
}
