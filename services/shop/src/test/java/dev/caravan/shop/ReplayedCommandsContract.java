package dev.caravan.shop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.caravan.saga.message.MessageCodec;
import dev.caravan.saga.message.SagaReply;
import dev.caravan.saga.participant.Inbox;
import dev.caravan.saga.participant.ParticipantEvent;
import dev.caravan.saga.participant.ParticipantListener;
import dev.caravan.shop.ShopClient.Answer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import javax.sql.DataSource;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.annotation.Import;
import org.springframework.test.context.TestPropertySource;

/**
 * Every command of a run comes again, twice, in another order, while the services are up. Without an LRA coordinator: a
 * JVM has one at most, and other tests have theirs.
 */
@ShopTest
@TestPropertySource(
        properties = {
            "caravan.coordinator=log",
            "caravan.lra.coordinator.embedded=false",
            "order.saga.step-timeout=30s",
            "caravan.payment.gateway.timeout=34s"
        })
@Import(ReplayedCommandsContract.Events.class)
abstract class ReplayedCommandsContract {

    private static final long SEED = 5;
    private final MessageCodec codec = new MessageCodec();

    @Value("${local.server.port}")
    private int port;

    @Value("${camel.component.kafka.brokers}")
    private String brokers;

    @Autowired
    private DataSource dataSource;

    @Autowired
    private Events events;

    private ShopClient shop;

    @BeforeAll
    void open() {
        shop = ShopClient.at(port);
    }

    @AfterAll
    void leavesNothingPendingAndEverythingAddsUp() throws Exception {
        Invariants.hold(shop, brokers);
        Invariants.holdIn(ShopDatabase.of(dataSource));
        stopDatabase();
    }

    void stopDatabase() throws Exception {}

    /** Counts as a metric would. */
    static final class Events implements ParticipantListener {

        private final List<ParticipantEvent.Kind> kinds = new CopyOnWriteArrayList<>();

        @Override
        public void onEvent(ParticipantEvent event) {
            kinds.add(event.kind());
        }
    }

    private record Question(String saga, String step, String command) {
        static Question of(SagaReply reply) {
            return new Question(reply.sagaId().value(), reply.step().toString(), reply.command());
        }
    }

    @Test
    void changeNoRowAndAreAnsweredAsBefore() throws Exception {
        List<ConsumerRecord<String, byte[]>> commands = recordedRun();
        Map<String, List<String>> tables = ShopTables.contents(dataSource);
        Map<String, Long> deadLetters = deadLetters();
        Map<Question, Set<SagaReply>> replies = byQuestion(replies());
        int before = replies().size();

        assertThat(events.kinds)
                .contains(ParticipantEvent.Kind.REJECTED, ParticipantEvent.Kind.DEAD_LETTER)
                .doesNotContain(ParticipantEvent.Kind.RETRIED);
        events.kinds.clear();
        List<ConsumerRecord<String, byte[]>> again = new ArrayList<>(commands);
        again.addAll(commands);
        Collections.shuffle(again, new Random(SEED));
        send(again);

        await().untilAsserted(() -> assertThat(replies()).hasSize(before + again.size()));
        assertThat(ShopTables.contents(dataSource)).isEqualTo(tables);
        assertThat(deadLetters()).isEqualTo(deadLetters);
        byQuestion(replies()).forEach((question, all) -> {
            Set<SagaReply> then = replies.get(question);
            assertThat(all)
                    .as("replies to %s", question)
                    .filteredOn(reply -> !then.contains(reply))
                    .allMatch(reply -> wasUnknown(then) && Inbox.ALREADY_COMPENSATED.equals(reply.code()));
        });
        assertThat(events.kinds)
                .hasSameSizeAs(again)
                .containsOnly(ParticipantEvent.Kind.DUPLICATE, ParticipantEvent.Kind.LATE);
        replayTheDeadLetterOfThePaymentThatGotNoAnswer();
    }

    private void replayTheDeadLetterOfThePaymentThatGotNoAnswer() {
        int before = replies().size();
        Map<String, List<String>> tables = ShopTables.contents(dataSource);
        assertThat(shop.get("/api/dead-letters").body()).hasToString("{\"payment-service-commands\":1}");

        Answer answer = shop.post(port, "/api/dead-letters/payment-service-commands/replay", "", Map.of());

        assertThat(answer.body()).hasToString("{\"replayed\":1}");
        await().untilAsserted(() -> assertThat(replies()).hasSize(before + 1));
        assertThat(ShopTables.contents(dataSource)).isEqualTo(tables);
        assertThat(shop.get("/api/dead-letters").body()).hasToString("{}");
        assertThat(shop.post(port, "/api/dead-letters/nowhere/replay", "", Map.of())
                        .status())
                .isEqualTo(404);
    }

    /** By now, the step is undone. */
    private static boolean wasUnknown(Set<SagaReply> replies) {
        return replies.stream().allMatch(reply -> reply.outcome() == SagaReply.Outcome.UNKNOWN);
    }

    private List<ConsumerRecord<String, byte[]>> recordedRun() {
        List<OrderRequest> orders = new ArrayList<>();
        OrderRequest coffee = OrderRequest.of("COFFEE", 2);
        orders.addAll(Collections.nCopies(6, coffee));
        orders.addAll(Collections.nCopies(3, OrderRequest.of("OUT-OF-STOCK", 1)));
        orders.addAll(Collections.nCopies(3, coffee.paidWith(OrderRequest.DECLINED_CARD)));
        orders.addAll(Collections.nCopies(2, coffee.paidWith(OrderRequest.FLAKY_CARD)));
        orders.addAll(Collections.nCopies(3, coffee.shippedTo("AQ")));
        orders.add(coffee.paidWith(OrderRequest.SILENT_CARD));
        List<ShopClient.Placed> placed = orders.stream().map(shop::place).toList();
        placed.forEach(order -> shop.ended(order.sagaId()));
        await().untilAsserted(() ->
                assertThat(ShopDatabase.of(dataSource).unfinished()).isEmpty());
        List<ConsumerRecord<String, byte[]>> commands = SagaTopic.names(brokers).stream()
                .filter(topic -> topic.endsWith("-commands"))
                .flatMap(topic -> SagaTopic.read(brokers, topic).stream())
                .collect(Collectors.toCollection(ArrayList::new));
        await().untilAsserted(() -> assertThat(replies()).hasSameSizeAs(commands));
        assertThat(commands).hasSizeGreaterThan(4 * orders.size());
        return commands;
    }

    private void send(List<ConsumerRecord<String, byte[]>> commands) throws Exception {
        try (KafkaProducer<String, byte[]> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", brokers), new StringSerializer(), new ByteArraySerializer())) {
            commands.forEach(command -> producer.send(
                    new ProducerRecord<>(command.topic(), null, command.key(), command.value(), command.headers())));
        }
    }

    private List<SagaReply> replies() {
        return SagaTopic.read(brokers, "saga-replies").stream()
                .map(reply -> codec.decodeReply(reply.value()))
                .toList();
    }

    private static Map<Question, Set<SagaReply>> byQuestion(List<SagaReply> replies) {
        return replies.stream().collect(Collectors.groupingBy(Question::of, Collectors.toSet()));
    }

    private Map<String, Long> deadLetters() {
        return SagaTopic.names(brokers).stream()
                .filter(topic -> topic.endsWith("-dlq"))
                .collect(Collectors.toMap(topic -> topic, topic ->
                        (long) SagaTopic.read(brokers, topic).size()));
    }
}
