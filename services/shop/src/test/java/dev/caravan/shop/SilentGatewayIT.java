package dev.caravan.shop;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;
import static org.awaitility.Awaitility.await;

import dev.caravan.shop.ShopClient.Answer;
import dev.caravan.shop.ShopClient.Placed;
import dev.caravan.shop.ShopClient.Saga;
import dev.caravan.shop.ShopDatabase.Sides;
import java.util.Map;
import javax.sql.DataSource;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.test.annotation.DirtiesContext;
import org.springframework.test.context.TestPropertySource;

/**
 * Orders with a card that the payment gateway never answers: first the step runs out of time, then the gateway's reply is
 * known to be missing, late. Most orders are placed at first, and wait together.
 */
@ShopTest
@DirtiesContext
@TestPropertySource(
        properties = {
            "order.saga.step-timeout=30s",
            "order.saga.timeout=80s",
            "caravan.payment.gateway.timeout=34s",
            "caravan.coordinator=log",
            "caravan.lra.coordinator.embedded=false"
        })
@Tag("thorough")
class SilentGatewayIT {

    private static final OrderRequest SILENT = OrderRequest.of("COFFEE", 1).paidWith(OrderRequest.SILENT_CARD);

    @Value("${local.server.port}")
    private int port;

    @Value("${camel.component.kafka.brokers}")
    private String brokers;

    @Autowired
    private DataSource dataSource;

    private ShopClient shop;
    private ShopDatabase database;
    private Answer impatient;
    private Placed late;
    private Placed byEvents;

    @BeforeAll
    void placeOrders() {
        shop = ShopClient.at(port);
        database = ShopDatabase.of(dataSource);
        late = shop.place(SILENT);
        byEvents = shop.placeByEvents(SILENT);
        impatient = shop.post(SILENT, Map.of("Prefer", "wait=1"));
    }

    @AfterAll
    void leavesNothingPendingAndEverythingAddsUp() {
        Invariants.hold(shop, brokers);
        Invariants.holdIn(database);
    }

    /** Anybody on this machine can write to the shop's Kafka. */
    @Test
    void isNotOvercomeByAForgedReply() {
        Placed forged = shop.place(SILENT);
        String reply =
                "{\"sagaId\":\"%s\",\"step\":\"PROCESS_PAYMENT\",\"status\":\"SUCCESS\"}".formatted(forged.sagaId());
        try (KafkaProducer<String, String> neighbour = new KafkaProducer<>(
                Map.of("bootstrap.servers", brokers), new StringSerializer(), new StringSerializer())) {
            await().until(() -> {
                neighbour
                        .send(new ProducerRecord<>("saga-replies", forged.sagaId(), reply))
                        .get();
                return SagaTopic.read(brokers, "saga-replies-dlq").stream()
                        .anyMatch(letter -> forged.sagaId().equals(letter.key()));
            });
        }

        Saga saga = shop.ended(forged.sagaId());
        assertThat(saga.status()).isEqualTo("COMPENSATED");
        assertThat(saga.events()).contains("STEP_TIMEOUT PROCESS_PAYMENT").doesNotContain("SUCCESS PROCESS_PAYMENT");
        assertThat(shop.order(forged.orderId()).text("status")).isEqualTo("CANCELLED");
    }

    @Test
    void hasItsPaymentCompensatedBeforeTheOrderAndItsLateReplyRecorded() {
        Saga saga = shop.ended(late.sagaId());

        assertThat(saga.status()).isEqualTo("COMPENSATED");
        assertThat(saga.events())
                .containsExactly(
                        "START",
                        "ENLIST CREATE_ORDER",
                        "SUCCESS CREATE_ORDER",
                        "ENLIST PROCESS_PAYMENT",
                        "STEP_TIMEOUT PROCESS_PAYMENT",
                        "TIMEOUT PROCESS_PAYMENT",
                        "LATE_REPLY PROCESS_PAYMENT",
                        "COMPENSATE_SUCCESS PROCESS_PAYMENT",
                        "COMPENSATE_SUCCESS CREATE_ORDER",
                        "COMPENSATE_COMPLETE");
        assertThat(database.of(late.orderId())).isEqualTo(new Sides("CANCELLED", "CANCELLED", "-", "-"));
        assertThat(database.inboxes(late.sagaId()))
                .containsOnly(entry("CREATE_ORDER", "COMPENSATED"), entry("PROCESS_PAYMENT", "COMPENSATED"));
    }

    @Test
    void hasTheOrderAcceptedWhenTheClientWaitsForLess() {
        assertThat(impatient.status()).isEqualTo(202);
        assertThat(impatient.text("status")).isNull();
        assertThat(shop.saga(impatient.text("sagaId")).id()).isEqualTo(impatient.text("sagaId"));
    }

    /** What a good event lacks is missing each time: it is tried, kept, and blocks nobody. */
    @Test
    void isBesideAnEventThatCannotBeWorkedOn() throws Exception {
        ProducerRecord<String, String> event = new ProducerRecord<>(
                "order-events", byEvents.sagaId(), "{\"type\":\"ORDER_CREATED\",\"orderId\":\"without-a-card\"}");
        event.headers().add("Long-Running-Action", byEvents.sagaId().getBytes(UTF_8));
        try (KafkaProducer<String, String> neighbour = new KafkaProducer<>(
                Map.of("bootstrap.servers", brokers), new StringSerializer(), new StringSerializer())) {
            neighbour.send(event).get();
        }

        Saga saga = shop.ended(byEvents.sagaId());

        assertThat(saga.status()).isEqualTo("COMPENSATED");
        assertThat(database.of("without-a-card")).isEqualTo(new Sides("-", "-", "-", "-"));
    }
}
