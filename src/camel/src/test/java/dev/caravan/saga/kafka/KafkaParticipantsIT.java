package dev.caravan.saga.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertTimeout;

import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.caravan.embeddedkafka.EmbeddedKafka;
import dev.caravan.embeddedkafka.EmbeddedKafkaOptions;
import dev.caravan.saga.SagaId;
import dev.caravan.saga.Step;
import dev.caravan.saga.message.MessageCodec;
import dev.caravan.saga.message.Phase;
import dev.caravan.saga.message.Question;
import dev.caravan.saga.message.SagaCommand;
import dev.caravan.saga.message.SagaReply;
import dev.caravan.saga.participant.Batchable;
import dev.caravan.saga.participant.BatchedAction;
import dev.caravan.saga.participant.CommandHandler;
import dev.caravan.saga.participant.CommandInterceptor;
import dev.caravan.saga.participant.Held;
import dev.caravan.saga.participant.Inbox;
import dev.caravan.saga.participant.ParticipantEvent;
import dev.caravan.saga.participant.ParticipantListener;
import dev.caravan.saga.participant.StepAction;
import dev.caravan.saga.test.ManualTimers;
import dev.caravan.testing.HangLimit;
import dev.caravan.testing.RepliesGate;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.slf4j.MDC;

/** The commands of a service of its own for each test, on real Kafka; the time between two attempts is moved by hand. */
class KafkaParticipantsIT {

    private static final int MAX_IN_FLIGHT = 4;

    /** Before a session of this length times out, a test has failed. */
    private static final Duration LONG = HangLimit.TIME.multipliedBy(2);

    private static final Duration COMMIT_INTERVAL = Duration.ofMillis(200);

    @TempDir
    private static Path directory;

    private static EmbeddedKafka kafka;
    private static KafkaClients clients;
    private static Topics topics;

    private final ManualTimers timers = new ManualTimers();
    private final ExecutorService workers = Executors.newCachedThreadPool();
    private final MessageCodec codec = new MessageCodec();
    private final List<ParticipantEvent> events = new CopyOnWriteArrayList<>();
    private final DeadLetterReplay deadLetters = new DeadLetterReplay(clients);
    private KafkaParticipants participants;
    private String service;

    @BeforeAll
    static void startKafka() {
        kafka = EmbeddedKafka.start(EmbeddedKafkaOptions.in(directory));
        clients = KafkaClients.of(kafka.bootstrapServers());
        topics = new Topics(clients, 2, HangLimit.TIME);
    }

    @AfterAll
    static void stopKafka() {
        clients.close();
        kafka.close();
    }

    @BeforeEach
    void makeAServiceOfItsOwn(TestInfo test) {
        service = test.getTestMethod().orElseThrow().getName();
        makeParticipants();
    }

    private void makeParticipants() {
        participants = participants(Duration.ofSeconds(10));
    }

    private KafkaParticipants participants(Duration sessionTimeout) {
        return participants(sessionTimeout, CommandInterceptor.NONE, 1);
    }

    private KafkaParticipants participants(Duration sessionTimeout, CommandInterceptor interceptor, int batchSize) {
        return participants(new Membership(null, sessionTimeout), interceptor, batchSize);
    }

    private KafkaParticipants participants(Membership membership, CommandInterceptor interceptor, int batchSize) {
        return new KafkaParticipants(
                clients, topics, workers, timers, MAX_IN_FLIGHT, membership, events::add, interceptor, batchSize);
    }

    @AfterEach
    void leavesNoTimerWaiting() {
        participants.close();
        workers.shutdownNow();
        assertThat(timers.size()).isZero();
    }

    /** As when another application has a participant of the service, and its {@code caravan.instance-id}, too. */
    @Test
    void takesNoCommandsAsLongAsAnotherProcessHasItsInstanceId() {
        Membership same = new Membership("pod-0", Duration.ofSeconds(6));
        List<String> here = new CopyOnWriteArrayList<>();
        List<String> there = new CopyOnWriteArrayList<>();
        try (KafkaParticipants first = participants(same, CommandInterceptor.NONE, 1)) {
            first.add(service, "Do", noted(here));
            first.start();
            send("before", 1);
            await().until(() -> replies("before").size() == 1);
            assertThat(first.fenced()).isEmpty();

            try (KafkaParticipants other = participants(same, CommandInterceptor.NONE, 1)) {
                other.add(service, "Do", noted(there));
                other.start();

                await().until(() -> first.trouble().isPresent());
                assertThat(first.fenced()).singleElement().satisfies(told -> assertThat(told)
                        .contains(service + "-commands was fenced")
                        .contains("Give each instance an id of its own"));
                List<String> sent = IntStream.range(0, 10)
                        .mapToObj(number -> "after-" + number)
                        .toList();
                sent.forEach(saga -> send(saga, 1));
                await().until(() -> there.containsAll(sent)); // and again what was not committed here
                assertThat(first.trouble()).hasValue(first.fenced().get(0));
                assertThat(other.trouble()).isEmpty();
                assertThat(other.fenced()).isEmpty();
            }

            send("again", 1);
            await().until(() -> replies("again").size() == 1);
            assertThat(here).containsExactly("before", "again");
            assertThat(first.trouble()).isEmpty();
        }
    }

    private static CommandHandler noted(List<String> done) {
        return command -> {
            done.add(command.sagaId().value());
            return SagaReply.success(command, null);
        };
    }

    /** What waits in its memory is done by who has it now; what it has begun is finished, and the inbox knows it. */
    @Test
    void leavesCommandsThatItHasNotBegunWhenItIsFenced() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch finish = new CountDownLatch(1);
        String saga = "frozen";
        List<String> here = new CopyOnWriteArrayList<>();
        List<String> there = new CopyOnWriteArrayList<>();
        Membership same = new Membership("pod-0", Duration.ofSeconds(10));
        try (KafkaParticipants first = participants(same, CommandInterceptor.NONE, 1);
                KafkaParticipants other = participants(same, CommandInterceptor.NONE, 1)) {
            first.add(service, "Do", command -> {
                here.add(command.step().toString());
                begun.countDown();
                finish.await();
                return SagaReply.success(command, null);
            });
            other.add(service, "Do", command -> {
                there.add(command.step().toString());
                return SagaReply.success(command, null);
            });
            first.start();
            send(saga, 1);
            begun.await();
            send(saga, 2);

            other.start();

            await().until(() -> replies(saga).size() == 2);
            assertThat(there).containsExactly("PAY", "PAY#2");
            await().until(() -> first.partitions().get(service) == 0);
            finish.countDown();
            await().until(() -> replies(saga).size() == 3);
        }
        assertThat(here).containsExactly("PAY");
    }

    @Test
    void triesAgainAndLetsOnlyTheCommandsOfThatSagaWait() {
        AtomicInteger failures = new AtomicInteger(2);
        List<String> done = new CopyOnWriteArrayList<>();
        participants.add(service, "Do", command -> {
            if (command.sagaId().value().equals("troubled")
                    && command.step().occurrence() == 1
                    && failures.getAndDecrement() > 0) {
                throw new IllegalStateException("The database is away");
            }
            done.add(MDC.get("sagaId") + " " + command.step());
            return SagaReply.success(command, null);
        });
        participants.start();

        send("troubled", 1);
        send("troubled", 2);
        send("other", 1);
        await().untilAsserted(() -> assertThat(done).containsExactly("other PAY"));
        afterTheDelay(Duration.ofMillis(500));
        afterTheDelay(Duration.ofMillis(1000));

        await().untilAsserted(() -> assertThat(done).containsExactly("other PAY", "troubled PAY", "troubled PAY#2"));
        await().untilAsserted(() -> assertThat(replies("troubled"))
                .extracting(SagaReply::status)
                .containsExactly(SagaReply.Status.SUCCESS, SagaReply.Status.SUCCESS));
        assertThat(events)
                .extracting(ParticipantEvent::kind, ParticipantEvent::detail)
                .containsOnly(tuple(ParticipantEvent.Kind.RETRIED, "The database is away"))
                .hasSize(2);
        assertThat(deadLetters.waiting()).doesNotContainKey(Topics.commandsOf(service));
    }

    /** The wire is one that libraries of before skip: they take it for another service's. */
    @ParameterizedTest
    @EnumSource(CompensationTopic.class)
    void tellsWhatItsInboxHoldsAndDoesNothing(CompensationTopic compensations) {
        Queue<String> done = new ConcurrentLinkedQueue<>();
        Held held = new Held("DONE", "Do", null, null);
        participants.add(service, "Do", asked(done, held));
        participants.start();
        String saga = "asked-" + compensations;

        ask(compensations, saga, "Do");
        await().until(() -> replies(saga).size() == 1);

        SagaReply told = replies(saga).get(0);
        assertThat(Question.isAnswered(told)).isTrue();
        assertThat(told.result().path("held").asText()).isEqualTo("DONE");
        assertThat(told.result().path("question").asText()).isEqualTo("question-of-" + saga);
        assertThat(done).isEmpty();
        assertThat(events).isEmpty();
        assertThat(deadLetters.waiting()).doesNotContainKeys(Topics.COMPENSATION_COMMANDS, Topics.commandsOf(service));
    }

    @Test
    void saysNothingOfAStepThatIsNotItsOwn() {
        Queue<String> done = new ConcurrentLinkedQueue<>();
        participants.add(service, "Do", asked(done, Held.NOTHING));
        participants.start();

        ask(CompensationTopic.SHARED, "not-mine", "Other");
        ask(CompensationTopic.SHARED, "mine", "Do");
        await().until(() -> replies("mine").size() == 1);

        assertThat(replies("mine").get(0).result().path("held").asText()).isEqualTo("NOTHING");
        send("not-mine", 1);
        await().untilAsserted(() ->
                assertThat(replies("not-mine")).extracting(SagaReply::command).containsExactly("Do"));
        assertThat(done).containsExactly("not-mine");
    }

    private static CommandHandler asked(Queue<String> done, Held held) {
        Inbox inbox = new Inbox() {
            @Override
            public SagaReply handle(SagaCommand command, Effect effect, StepAction action) {
                throw new UnsupportedOperationException();
            }

            @Override
            public Held held(SagaId sagaId, Step step) {
                return held;
            }

            @Override
            public void setListener(ParticipantListener listener) {
                throw new UnsupportedOperationException();
            }
        };
        return new CommandHandler() {
            @Override
            public SagaReply handle(SagaCommand command) {
                done.add(command.sagaId().value());
                return SagaReply.success(command, null);
            }

            @Override
            public Optional<Inbox> inbox() {
                return Optional.of(inbox);
            }
        };
    }

    private void ask(CompensationTopic compensations, String saga, String command) {
        Question question = new Question(new SagaId(saga), new Step("PAY", 1), "question-of-" + saga, List.of(command));
        new KafkaCommands(clients, topics, workers, compensations)
                .send(question.toCommand(), Map.of())
                .toCompletableFuture()
                .join();
    }

    @Test
    void answersUnknownAndKeepsADeadLetterThatCanBeReplayed() {
        AtomicBoolean repaired = new AtomicBoolean();
        participants.add(service, "Do", command -> {
            if (!repaired.get()) {
                throw new IllegalStateException("The disk is full");
            }
            return SagaReply.success(command, new IntNode(1));
        });
        participants.start();

        send("dead", 1);
        afterTheDelay(Duration.ofMillis(500));
        afterTheDelay(Duration.ofMillis(1000));

        SagaCommand command = command("dead", 1);
        await().untilAsserted(() ->
                assertThat(replies("dead")).containsExactly(SagaReply.unknown(command, "The disk is full")));
        ConsumerRecord<String, byte[]> original =
                read(Topics.commandsOf(service)).get(0);
        assertThat(read(Topics.deadLettersOf(Topics.commandsOf(service))))
                .singleElement()
                .satisfies(letter -> {
                    assertThat(letter.key()).isEqualTo("dead");
                    assertThat(letter.value()).isEqualTo(original.value());
                    assertThat(headers(letter))
                            .containsEntry(Phase.HEADER, "ACTION")
                            .containsEntry("foreign", "kept")
                            .containsEntry("dlq-reason", "attempt 3 of 3: The disk is full")
                            .containsEntry("dlq-topic", Topics.commandsOf(service))
                            .containsEntry("dlq-partition", Integer.toString(original.partition()))
                            .containsEntry("dlq-offset", Long.toString(original.offset()))
                            .containsEntry("dlq-timestamp", Long.toString(original.timestamp()));
                });
        assertThat(events)
                .extracting(ParticipantEvent::kind)
                .containsExactly(
                        ParticipantEvent.Kind.RETRIED,
                        ParticipantEvent.Kind.RETRIED,
                        ParticipantEvent.Kind.DEAD_LETTER);
        assertThat(deadLetters.waiting()).containsEntry(Topics.commandsOf(service), 1L);

        repaired.set(true);
        assertThat(deadLetters.replay(Topics.commandsOf(service))).isOne();

        await().untilAsserted(() -> assertThat(replies("dead"))
                .containsExactly(
                        SagaReply.unknown(command, "The disk is full"), SagaReply.success(command, new IntNode(1))));
        ConsumerRecord<String, byte[]> replayed =
                read(Topics.commandsOf(service)).get(1);
        assertThat(replayed.value()).isEqualTo(original.value());
        assertThat(replayed.partition()).isEqualTo(original.partition());
        assertThat(headers(replayed)).isEqualTo(headers(original));
        assertThat(deadLetters.waiting()).doesNotContainKey(Topics.commandsOf(service));
        assertThat(deadLetters.replay(Topics.commandsOf(service))).isZero();
    }

    @Test
    void leavesToAnotherInstanceWhatItHasNotDoneWhenItIsClosed() {
        AtomicInteger attempts = new AtomicInteger();
        participants.add(service, "Do", command -> {
            attempts.incrementAndGet();
            throw new IllegalStateException("Not here");
        });
        participants.start();
        send("moved", 1);
        await().until(() -> timers.size() == 1);

        participants.close();
        timers.advance(Duration.ofMinutes(1));
        makeParticipants();
        participants.add(service, "Do", command -> SagaReply.success(command, null));
        participants.start();

        await().untilAsserted(() ->
                assertThat(replies("moved")).containsExactly(SagaReply.success(command("moved", 1), null)));
        assertThat(attempts).hasValue(1);
    }

    /** Nobody else gets the command meanwhile, and what comes after it is left to another instance. */
    @Test
    void answersACommandAtWorkBeforeItLeaves() throws Exception {
        participants = participants(LONG);
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch finish = new CountDownLatch(1);
        List<String> done = new CopyOnWriteArrayList<>();
        participants.add(service, "Do", command -> {
            begun.countDown();
            finish.await();
            done.add(command.sagaId().value());
            return SagaReply.success(command, null);
        });
        participants.start();
        int partition = send("at-work", 1);
        begun.await();

        Thread closing = new Thread(() -> participants.close(HangLimit.TIME));
        closing.start();
        await().until(() -> closing.getState() == Thread.State.TIMED_WAITING);
        send("behind", 1);
        try (Admin admin = admin()) {
            await().during(Duration.ofSeconds(2)).until(() -> members(admin) == 1);
            assertThat(replies("at-work")).isEmpty();
            finish.countDown();
            closing.join();

            assertThat(replies("at-work")).containsExactly(SagaReply.success(command("at-work", 1), null));
            assertThat(members(admin)).isZero();
        }
        assertThat(committed(partition)).isEqualTo(1);
        assertThat(done).containsExactly("at-work");

        makeParticipants();
        participants.add(service, "Do", command -> SagaReply.success(command, null));
        participants.start();
        await().untilAsserted(() -> assertThat(replies("behind")).hasSize(1));
        assertThat(replies("at-work")).hasSize(1);
    }

    private int members(Admin admin) throws Exception {
        return admin.describeConsumerGroups(List.of(service))
                .describedGroups()
                .get(service)
                .get()
                .members()
                .size();
    }

    @Test
    void leavesACommandThatHangsToAnotherInstanceWhenTheTimeIsUp() throws Exception {
        participants = participants(LONG);
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch never = new CountDownLatch(1);
        participants.add(service, "Do", command -> {
            begun.countDown();
            never.await();
            return SagaReply.success(command, new TextNode("here"));
        });
        participants.start();
        send("hanging", 1);
        begun.await();

        assertTimeout(HangLimit.TIME, () -> participants.close(Duration.ofMillis(300)));
        assertThat(replies("hanging")).isEmpty();

        makeParticipants();
        participants.add(service, "Do", command -> SagaReply.success(command, new TextNode("there")));
        participants.start();
        await().untilAsserted(() -> assertThat(replies("hanging"))
                .containsExactly(SagaReply.success(command("hanging", 1), new TextNode("there"))));
        never.countDown();
    }

    @Test
    void keepsWhatItCannotReadAndGoesOn() {
        participants.add(service, "Do", command -> SagaReply.success(command, null));
        participants.start();

        send("unreadable", "not JSON");
        send("stranger", text(command("stranger", 1)).replace("\"Do\"", "\"DoSomethingElse\""));
        send("foreign", text(command("foreign", 1)).replace(service, "another-service"));
        send("readable", 1);

        await().untilAsserted(() -> assertThat(replies("readable")).hasSize(1));
        await().untilAsserted(() ->
                assertThat(replies("stranger")).extracting(SagaReply::code).containsExactly("UNKNOWN_COMMAND"));
        await().untilAsserted(() -> assertThat(deadLetters.waiting()).containsEntry(Topics.commandsOf(service), 2L));
        assertThat(replies("foreign")).isEmpty();

        assertThat(deadLetters.replay(Topics.commandsOf(service))).isEqualTo(2);
        await().untilAsserted(() -> assertThat(deadLetters.waiting()).containsEntry(Topics.commandsOf(service), 2L));
        assertThat(events)
                .extracting(ParticipantEvent::kind)
                .hasSize(4)
                .containsOnly(ParticipantEvent.Kind.DEAD_LETTER);
    }

    @Test
    void hasNoDeadLettersOfATopicThatDoesNotExist() {
        assertThatThrownBy(() -> deadLetters.replay("nowhere"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("There are no dead letters of a topic nowhere");
    }

    @Test
    void takesNoMoreThanItMayHaveInFlight() {
        Semaphore permits = new Semaphore(0);
        AtomicInteger inFlight = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        participants.add(service, "Do", command -> {
            most.accumulateAndGet(inFlight.incrementAndGet(), Math::max);
            permits.acquire();
            inFlight.decrementAndGet();
            return SagaReply.success(command, null);
        });
        participants.start();

        IntStream.range(0, 40).forEach(number -> send("crowd-" + number, 1));
        await().until(() -> inFlight.get() >= MAX_IN_FLIGHT);
        await().during(Duration.ofSeconds(2)).until(() -> inFlight.get() < 2 * MAX_IN_FLIGHT);
        permits.release(40);

        await().untilAsserted(() -> assertThat(read(Topics.SAGA_REPLIES))
                .filteredOn(reply -> reply.key().startsWith("crowd-"))
                .hasSize(40));
        assertThat(most.get()).isBetween(MAX_IN_FLIGHT, 2 * MAX_IN_FLIGHT - 1);
    }

    @Test
    void commitsNoCommandWhoseReplyIsNotAcknowledged() throws Exception {
        AtomicInteger runs = countRuns();
        int partition = send("committed", 1);
        awaitCommit(partition, 1);

        timers.advance(COMMIT_INTERVAL);
        try (Admin admin = admin()) {
            admin.deleteTopics(List.of(Topics.SAGA_REPLIES)).all().get();
            send("committed", 2);
            await().until(() -> runs.get() == 2);
            await().during(Duration.ofSeconds(2)).until(() -> committed(partition) == 1);
        } finally {
            topics.ensure(List.of(Topics.SAGA_REPLIES), Map.of());
        }

        awaitCommit(partition, 2);
        assertThat(replies("committed")).hasSize(1);
        assertThat(runs).hasValue(2);
    }

    @Test
    void commitsNoCommandWhileEvenTheShortestReplyIsTooLarge() throws Exception {
        AtomicInteger runs = countRuns();
        RepliesGate gate = new RepliesGate(kafka.bootstrapServers());
        int partition;
        try {
            gate.close();
            await().until(() -> clients.send(new ProducerRecord<>(Topics.SAGA_REPLIES, "probe", new byte[100]))
                    .handle((sent, refusal) -> refusal != null)
                    .join());

            partition = send("refused", 1);
            await().until(() -> timers.size() == 1);
            timers.advance(COMMIT_INTERVAL);
            assertThat(committed(partition)).isZero();
        } finally {
            gate.open();
        }

        awaitCommit(partition, 1);
        assertThat(replies("refused"))
                .containsExactly(
                        SagaReply.unknown(command("refused", 1), "The reply to Do is larger than Kafka takes"));
        assertThat(runs).hasValue(1);
    }

    @Test
    void commitsNowAndThenAndNotAfterEachPoll() throws Exception {
        participants.add(service, "Do", command -> SagaReply.success(command, null));
        participants.start();

        int partition = send("now-and-then", 1);
        await().untilAsserted(() -> assertThat(replies("now-and-then")).hasSize(1));
        await().during(Duration.ofSeconds(2)).until(() -> committed(partition) == 0);
        timers.advance(COMMIT_INTERVAL);
        await().untilAsserted(() -> assertThat(committed(partition)).isEqualTo(1));

        send("now-and-then", 2);
        await().untilAsserted(() -> assertThat(replies("now-and-then")).hasSize(2));
        await().during(Duration.ofSeconds(2)).until(() -> committed(partition) == 1);
        timers.advance(COMMIT_INTERVAL);
        await().untilAsserted(() -> assertThat(committed(partition)).isEqualTo(2));
    }

    /** Starts a participant that is good at everything. */
    private AtomicInteger countRuns() {
        AtomicInteger runs = new AtomicInteger();
        participants.add(service, "Do", command -> {
            runs.incrementAndGet();
            return SagaReply.success(command, null);
        });
        participants.start();
        return runs;
    }

    private void awaitCommit(int partition, long position) {
        await().untilAsserted(() -> {
            timers.advance(COMMIT_INTERVAL);
            assertThat(committed(partition)).isEqualTo(position);
        });
    }

    private static Admin admin() {
        return Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()));
    }

    private long committed(int partition) throws Exception {
        TopicPartition part = new TopicPartition(Topics.commandsOf(service), partition);
        try (Admin admin = admin()) {
            var position = admin.listConsumerGroupOffsets(service)
                    .partitionsToOffsetAndMetadata()
                    .get()
                    .get(part);
            return position == null ? 0 : position.offset();
        }
    }

    @Test
    void saysThatTheOutcomeIsUnknownWhenTheReplyIsTooLarge() {
        participants.add(
                service, "Do", command -> SagaReply.success(command, new TextNode("x".repeat(2 * 1024 * 1024))));
        participants.start();

        send("large", 1);

        await().untilAsserted(() -> assertThat(replies("large"))
                .containsExactly(SagaReply.unknown(command("large", 1), "The reply to Do is larger than Kafka takes")));
        assertThat(deadLetters.waiting()).containsEntry(Topics.commandsOf(service), 1L);
    }

    @ParameterizedTest
    @EnumSource(CompensationTopic.class)
    void takesCompensationsFromTheSharedTopicAndFromItsOwn(CompensationTopic topic) {
        Queue<Phase> phases = new ConcurrentLinkedQueue<>();
        for (Phase phase : Phase.values()) {
            participants.add(service, phase.name(), command -> {
                phases.add(command.phase());
                return SagaReply.success(command, null);
            });
        }
        participants.start();
        KafkaCommands commands = new KafkaCommands(clients, topics, workers, topic);
        String saga = "undone-" + topic;

        for (Phase phase : Phase.values()) {
            SagaCommand command =
                    new SagaCommand(new SagaId(saga), new Step("PAY", 1), service, phase.name(), null, phase);
            commands.send(command, Map.of()).toCompletableFuture().join();
            await().untilAsserted(() -> assertThat(phases).endsWith(phase));
        }

        assertThat(phases).containsExactly(Phase.values());
        assertThat(read(Topics.COMPENSATION_COMMANDS))
                .extracting(ConsumerRecord::key)
                .filteredOn(saga::equals)
                .hasSize(topic == CompensationTopic.SHARED ? 1 : 0);
    }

    /** The first command is held up; those behind it wait for it, and are done together. */
    private final class HeldUp implements CommandHandler, OnlyBatches {

        private final CountDownLatch begun = new CountDownLatch(1);
        private final CountDownLatch goOn = new CountDownLatch(1);
        private final Set<String> broken = ConcurrentHashMap.newKeySet();
        private final List<String> done = new CopyOnWriteArrayList<>();

        @Override
        public Optional<Batchable> batchable(SagaCommand command) {
            return Optional.of(new Batchable(this, together -> act(together, "together")));
        }

        @Override
        public SagaReply handle(SagaCommand command) throws Exception {
            if (command.sagaId().equals(new SagaId(own("first")))) {
                begun.countDown();
                goOn.await();
            }
            return act(command, "alone");
        }

        private SagaReply act(SagaCommand command, String how) {
            String saga = command.sagaId().value();
            if (broken.contains(saga + " " + how)) {
                throw new IllegalStateException("The row is locked");
            }
            done.add("%s %s %s".formatted(MDC.get("sagaId"), command.step(), how));
            return SagaReply.success(command, new TextNode(how));
        }

        @Override
        public List<Optional<SagaReply>> handleTogether(List<BatchedAction> actions) throws Exception {
            List<Optional<SagaReply>> replies = new ArrayList<>();
            for (BatchedAction action : actions) {
                replies.add(Optional.of(action.work().call()));
            }
            return replies;
        }
    }

    private HeldUp holdUp() throws InterruptedException {
        HeldUp handler = new HeldUp();
        List<String> intercepted = handler.done;
        participants = participants(
                LONG,
                (command, headers, next) -> {
                    intercepted.add("around " + command.sagaId() + " " + headers.get("foreign"));
                    return next.handle(command);
                },
                4);
        participants.add(service, "Do", handler);
        participants.start();
        send(own("first"), 1);
        handler.begun.await();
        return handler;
    }

    /** Replies of all tests are in one topic. */
    private String own(String saga) {
        return saga + "-" + service;
    }

    @Test
    void doesTogetherWhatHasWaitedAndAnswersEach() throws Exception {
        HeldUp handler = holdUp();
        send(own("second"), 1);
        send(own("third"), 1);
        send(own("third"), 2);
        await().during(Duration.ofSeconds(1)).until(() -> handler.done.size() == 1);
        handler.goOn.countDown();

        await().untilAsserted(() -> assertThat(replies(own("third"))).hasSize(2));
        assertThat(replies(own("first")))
                .containsExactly(SagaReply.success(command(own("first"), 1), new TextNode("alone")));
        assertThat(replies(own("second")))
                .containsExactly(SagaReply.success(command(own("second"), 1), new TextNode("together")));
        assertThat(replies(own("third")))
                .containsExactly(
                        SagaReply.success(command(own("third"), 1), new TextNode("together")),
                        SagaReply.success(command(own("third"), 2), new TextNode("alone")));
        assertThat(handler.done)
                .startsWith("around %s kept".formatted(own("first")), own("first") + " PAY alone")
                .endsWith("around %s kept".formatted(own("third")), own("third") + " PAY#2 alone")
                .contains("around %s kept".formatted(own("second")), own("second") + " PAY together")
                .contains(own("third") + " PAY together");
        assertThat(events).isEmpty();
        awaitAllCommitted();
    }

    private void awaitAllCommitted() {
        await().untilAsserted(() -> {
            timers.advance(COMMIT_INTERVAL);
            assertThat(committed(0) + committed(1))
                    .isEqualTo(read(Topics.commandsOf(service)).size());
        });
    }

    @Test
    void doesEachByItselfWhenABatchFailsAndTriesAgainOnlyWhatFailsAlone() throws Exception {
        HeldUp handler = holdUp();
        handler.broken.addAll(List.of(own("third") + " together", own("third") + " alone"));
        send(own("second"), 1);
        send(own("third"), 1);
        send(own("fourth"), 1);
        await().during(Duration.ofSeconds(1)).until(() -> handler.done.size() == 1);
        handler.goOn.countDown();

        await().until(() -> timers.size() == 1);
        await().untilAsserted(() -> assertThat(replies(own("second"))).hasSize(1));
        await().untilAsserted(() -> assertThat(replies(own("fourth"))).hasSize(1));
        assertThat(replies(own("third"))).isEmpty();
        assertThat(events).extracting(ParticipantEvent::kind).containsExactly(ParticipantEvent.Kind.RETRIED);
        handler.broken.clear();
        afterTheDelay(Duration.ofMillis(500));

        await().untilAsserted(() -> assertThat(replies(own("third")))
                .containsExactly(SagaReply.success(command(own("third"), 1), new TextNode("alone"))));
        assertThat(replies(own("second"))).hasSize(1);
        awaitAllCommitted();
    }

    @Test
    void answersWhatWaitsForABatchBeforeItLeaves() throws Exception {
        HeldUp handler = holdUp();
        send(own("second"), 1);
        send(own("third"), 1);
        await().during(Duration.ofSeconds(1)).until(() -> handler.done.size() == 1);

        Thread closing = new Thread(() -> participants.close(HangLimit.TIME));
        closing.start();
        await().until(() -> closing.getState() == Thread.State.TIMED_WAITING);
        handler.goOn.countDown();
        closing.join();

        assertThat(List.of("first", "second", "third"))
                .allSatisfy(saga -> assertThat(replies(own(saga))).hasSize(1));
        assertThat(committed(0) + committed(1)).isEqualTo(3);
    }

    @Test
    void sendsNoCredentialsAndLeavesThemOutOfDeadLetters() throws Exception {
        participants.add(service, "Do", command -> SagaReply.success(command, null));
        participants.start();
        ProducerRecord<String, byte[]> own = new ProducerRecord<>(
                Topics.commandsOf(service),
                own("sent"),
                text(command(own("sent"), 1)).getBytes(UTF_8));
        own.headers().add("Authorization", "Bearer geheim".getBytes(UTF_8)).add("customer", "ann".getBytes(UTF_8));
        ProducerRecord<String, byte[]> foreign =
                new ProducerRecord<>(Topics.commandsOf(service), own("broken"), "no JSON".getBytes(UTF_8));
        foreign.headers()
                .add("COOKIE", "geheim".getBytes(UTF_8))
                .add("x-api-key", "geheim".getBytes(UTF_8))
                .add("customer", "ann".getBytes(UTF_8));

        clients.send(own).get(HangLimit.SECONDS, TimeUnit.SECONDS);
        clients.producer().send(foreign).get(HangLimit.SECONDS, TimeUnit.SECONDS);

        await().untilAsserted(() -> assertThat(deadLetters.waiting()).containsEntry(Topics.commandsOf(service), 1L));
        assertThat(read(Topics.commandsOf(service)))
                .filteredOn(record -> record.key().equals(own("sent")))
                .singleElement()
                .satisfies(record -> assertThat(headers(record)).isEqualTo(Map.of("customer", "ann")));
        assertThat(read(Topics.deadLettersOf(Topics.commandsOf(service))))
                .singleElement()
                .satisfies(letter -> assertThat(headers(letter))
                        .containsEntry("customer", "ann")
                        .containsEntry("dlq-removed-headers", "COOKIE,x-api-key")
                        .doesNotContainKeys("COOKIE", "x-api-key"));
    }

    private SagaCommand command(String saga, int occurrence) {
        return new SagaCommand(new SagaId(saga), new Step("PAY", occurrence), service, "Do", null, Phase.ACTION);
    }

    private String text(SagaCommand command) {
        return new String(codec.encode(command), UTF_8);
    }

    private int send(String saga, int occurrence) {
        return send(saga, text(command(saga, occurrence)));
    }

    private int send(String saga, String value) {
        ProducerRecord<String, byte[]> message =
                new ProducerRecord<>(Topics.commandsOf(service), saga, value.getBytes(UTF_8));
        message.headers().add(Phase.HEADER, "ACTION".getBytes(UTF_8)).add("foreign", "kept".getBytes(UTF_8));
        try {
            return clients.producer()
                    .send(message)
                    .get(HangLimit.SECONDS, TimeUnit.SECONDS)
                    .partition();
        } catch (Exception e) {
            throw new IllegalStateException("Cannot send " + value, e);
        }
    }

    /** Waits until an attempt has failed. */
    private void afterTheDelay(Duration delay) {
        await().until(() -> timers.size() == 1);
        timers.advance(delay.minusMillis(1));
        assertThat(timers.size()).isOne();
        timers.advance(Duration.ofMillis(1));
    }

    private List<SagaReply> replies(String saga) {
        return read(Topics.SAGA_REPLIES).stream()
                .filter(reply -> reply.key().equals(saga))
                .map(reply -> codec.decodeReply(reply.value()))
                .toList();
    }

    private static Map<String, String> headers(ConsumerRecord<String, byte[]> message) {
        Map<String, String> headers = new TreeMap<>();
        message.headers().forEach(header -> headers.put(header.key(), new String(header.value(), UTF_8)));
        return headers;
    }

    private static List<ConsumerRecord<String, byte[]>> read(String topic) {
        List<ConsumerRecord<String, byte[]>> records = new ArrayList<>();
        try (KafkaConsumer<String, byte[]> consumer = clients.consumer(Map.of())) {
            List<TopicPartition> parts = consumer.partitionsFor(topic).stream()
                    .map(part -> new TopicPartition(topic, part.partition()))
                    .toList();
            Map<TopicPartition, Long> end = consumer.endOffsets(parts);
            consumer.assign(parts);
            consumer.seekToBeginning(parts);
            while (parts.stream().anyMatch(part -> consumer.position(part) < end.get(part))) {
                consumer.poll(Duration.ofMillis(200)).forEach(records::add);
            }
        }
        return records;
    }
}
