package dev.caravan.shop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.caravan.saga.message.MessageCodec;
import dev.caravan.saga.message.SagaReply;
import dev.caravan.shop.ShopClient.Placed;
import dev.caravan.shop.ShopClient.Saga;
import dev.caravan.testing.PostgresOfAnyUser;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.springframework.jdbc.core.simple.JdbcClient;

/** The shipping service of src/docs/examples, written for Node.js, takes the place of the one in Java. */
@Tag("thorough")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class NodeShippingIT {

    private static final String KEY = "2026:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
    private final MessageCodec codec = new MessageCodec();
    private EmbeddedPostgres postgres;
    private JdbcClient tables;
    private ShopProcess process;
    private ShopClient shop;
    private NodeProgram shipping;
    private final Set<String> deadLetters = new HashSet<>();

    @BeforeAll
    void start() throws Exception {
        process = new ShopProcess(
                FreshDataDirectory.make("node"),
                "--camel.main.routes-include-pattern=classpath:routes/orchestration/*.camel.xml,"
                        + "classpath:caravan/participants/order-service.camel.xml,"
                        + "classpath:caravan/participants/payment-service.camel.xml,"
                        + "classpath:caravan/participants/inventory-service.camel.xml",
                "--order.saga.step-timeout=30s",
                // the program in Node.js has to decrypt it, to know where it can ship to
                "--caravan.sensitive-fields=country",
                "--caravan.sensitive-keys=" + KEY,
                "--caravan.shop.timeline=false");
        postgres = PostgresOfAnyUser.start();
        tables = JdbcClient.create(postgres.getPostgresDatabase());
        shipping = NodeProgram.installed(
                "shipping-service-node",
                "shipping-service.js",
                Map.of(
                        "SENSITIVE_KEYS",
                        "2024:AAAAAAAAAAAAAAAAAAAAAA==," + KEY,
                        "KAFKA_BROKERS",
                        process.brokers(),
                        "DATABASE_URL",
                        "postgres://postgres@localhost:" + postgres.getPort() + "/postgres"));
        process.start();
        shop = process.client();
        shipping.start();
    }

    @AfterAll
    void leavesNothingPendingAndEverythingAddsUp() throws Exception {
        try (ShopProcess last = process;
                EmbeddedPostgres database = postgres) {
            if (shop != null) {
                await().untilAsserted(() -> assertThat(shop.openLras()).isEmpty());
                assertThat(shop.sagas("?limit=1000").body())
                        .extracting(saga -> saga.path("status").asText())
                        .containsOnly("COMPLETED", "COMPENSATED");
                assertThat(buried()).as("dead letters, database %s", database).isEqualTo(deadLetters);
                assertThat(shipping.terminate()).isZero();
                last.terminate();
                assertThat(last.database().unfinished()).isEmpty();
                assertThat(last.database().moneyTaken())
                        .isEqualByComparingTo(last.database().moneyOfConfirmedOrders());
            }
        }
    }

    private Set<String> buried() {
        return Stream.of("shipping-service-commands-dlq", "compensation-commands-dlq", "saga-replies-dlq")
                .flatMap(topic -> SagaTopic.read(process.brokers(), topic).stream())
                .map(ConsumerRecord::key)
                .collect(Collectors.toSet());
    }

    @Test
    void shipsAnOrder() {
        Placed placed = shop.place(OrderRequest.of("COFFEE", 1));

        assertThat(shop.ended(placed.sagaId()).status()).isEqualTo("COMPLETED");
        assertThat(shipment(placed)).containsExactly("PREPARED");
    }

    @Test
    void getsTheCountryEncrypted() {
        Placed placed = shop.place(OrderRequest.of("COFFEE", 1));
        shop.ended(placed.sagaId());

        assertThat(SagaTopic.read(process.brokers(), "shipping-service-commands"))
                .filteredOn(command -> placed.sagaId().equals(command.key()))
                .isNotEmpty()
                .allSatisfy(command -> assertThat(new String(command.value(), StandardCharsets.UTF_8))
                        .contains("\"country\":\"enc:v1:2026:"));
    }

    @Test
    void refusesACountryThatNobodyShipsTo() {
        Placed placed = shop.place(OrderRequest.of("COFFEE", 1).shippedTo("AQ"));
        Saga saga = shop.ended(placed.sagaId());

        assertThat(saga.status()).isEqualTo("COMPENSATED");
        assertThat(saga.json().path("reason").asText()).contains("cannot be shipped to AQ");
        assertThat(saga.compensations()).containsExactly("RESERVE_INVENTORY", "PROCESS_PAYMENT", "CREATE_ORDER");
        assertThat(shipment(placed)).isEmpty();
    }

    @Test
    void answersUnknownWhatItCannotDoAndIsThenAskedToUndoIt() {
        tables.sql("alter table node_shipping.shipments rename to shipments_away")
                .update();
        Placed placed = shop.place(OrderRequest.of("COFFEE", 1));
        await().until(() -> shop.saga(placed.sagaId()).events().contains("STEP_UNKNOWN PREPARE_SHIPPING"));
        tables.sql("alter table node_shipping.shipments_away rename to shipments")
                .update();

        assertThat(shop.ended(placed.sagaId()).status()).isEqualTo("COMPENSATED");
        assertThat(deadLetters.add(placed.sagaId())).isTrue();
        assertThat(shipment(placed)).isEmpty();
    }

    @Test
    void leavesNoShipmentOfAnOrderThatTimedOutWhileItWasDown() {
        shipping.kill();
        Placed placed = shop.place(OrderRequest.of("COFFEE", 1));
        await().until(() -> shop.saga(placed.sagaId()).events().contains("STEP_TIMEOUT PREPARE_SHIPPING"));
        shipping.start();

        assertThat(shop.ended(placed.sagaId()).status()).isEqualTo("COMPENSATED");
        await().untilAsserted(() -> assertThat(replies(placed)).containsKeys("PrepareShipping", "CancelShipping"));
        assertThat(shipment(placed)).doesNotContain("PREPARED");
    }

    @Test
    void doesNothingTwice() {
        List<Placed> placed = Stream.generate(() -> shop.place(OrderRequest.of("COFFEE", 1)))
                .limit(5)
                .toList();
        placed.forEach(order -> assertThat(shop.ended(order.sagaId()).status()).isEqualTo("COMPLETED"));
        List<String> before = contents();
        List<ConsumerRecord<String, byte[]>> commands = SagaTopic.read(process.brokers(), "shipping-service-commands");
        int replies = shippingReplies().size();
        List<ConsumerRecord<String, byte[]>> again = new ArrayList<>(commands);
        again.addAll(commands);
        Collections.shuffle(again, new Random(3));
        send(again);

        await().untilAsserted(() -> assertThat(shippingReplies()).hasSize(replies + again.size()));
        assertThat(contents()).isEqualTo(before);
        placed.forEach(order -> assertThat(replies(order).get("PrepareShipping"))
                .hasSize(3)
                .containsOnly(replies(order).get("PrepareShipping").get(0)));
    }

    private void send(List<ConsumerRecord<String, byte[]>> commands) {
        try (KafkaProducer<String, byte[]> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", process.brokers()), new StringSerializer(), new ByteArraySerializer())) {
            commands.forEach(
                    command -> producer.send(new ProducerRecord<>(command.topic(), command.key(), command.value())));
        }
    }

    private List<String> shipment(Placed placed) {
        return tables.sql("select status from node_shipping.shipments where order_id = ?")
                .param(placed.orderId())
                .query(String.class)
                .list();
    }

    private List<String> contents() {
        return Stream.of("node_shipping.shipments", "node_shipping.saga_inbox")
                .flatMap(table -> tables.sql("select * from " + table).query().listOfRows().stream())
                .map(Object::toString)
                .sorted()
                .toList();
    }

    private List<SagaReply> shippingReplies() {
        return SagaTopic.read(process.brokers(), "saga-replies").stream()
                .map(reply -> codec.decodeReply(reply.value()))
                .filter(reply -> reply.command().endsWith("Shipping"))
                .toList();
    }

    private Map<String, List<SagaReply>> replies(Placed placed) {
        return shippingReplies().stream()
                .filter(reply -> reply.sagaId().value().equals(placed.sagaId()))
                .collect(Collectors.groupingBy(SagaReply::command));
    }
}
