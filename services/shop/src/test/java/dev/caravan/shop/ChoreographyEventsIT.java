package dev.caravan.shop;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.caravan.saga.kafka.DeadLetters;
import dev.caravan.saga.kafka.KafkaClients;
import dev.caravan.shop.ShopClient.Placed;
import dev.caravan.shop.ShopClient.Saga;
import dev.caravan.shop.ShopDatabase.Sides;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import javax.sql.DataSource;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Value;

/** Events that come again, too late, in another order, from nobody, or cannot be read. */
@ShopTest
public class ChoreographyEventsIT {

    private static final List<String> TOPICS =
            List.of("order-events", "payment-events", "inventory-events", "shipping-events");

    @Value("${local.server.port}")
    private int port;

    @Value("${camel.component.kafka.brokers}")
    private String brokers;

    @Autowired
    private DataSource dataSource;

    @Autowired
    private KafkaClients kafka;

    @Autowired
    private MeterRegistry meters;

    private ShopClient shop;
    private ShopDatabase database;

    @BeforeAll
    void open() {
        shop = ShopClient.at(port);
        database = ShopDatabase.of(dataSource);
    }

    @AfterAll
    void leavesNothingPendingAndEverythingAddsUp() {
        Invariants.hold(shop, brokers);
        Invariants.holdIn(database);
    }

    private void publish(String topic, String saga, String json) {
        ProducerRecord<String, byte[]> event = new ProducerRecord<>(topic, saga, json.getBytes(UTF_8));
        if (saga != null) {
            event.headers().add("Long-Running-Action", saga.getBytes(UTF_8));
        }
        kafka.send(event).join();
    }

    private double counted(String meter) {
        return meters.find(meter).counters().stream()
                .mapToDouble(counter -> counter.count())
                .sum();
    }

    private Placed completed() {
        Placed placed = shop.placeByEvents(OrderRequest.of("COFFEE", 2));
        assertThat(shop.ended(placed.sagaId()).status()).isEqualTo("COMPLETED");
        return placed;
    }

    /** An order that comes after all that was published before it has been worked on. */
    private void everythingBeforeIsWorkedOn() {
        for (int partition = 0; partition < 8; partition++) {
            completed();
        }
    }

    @Test
    void changesNothingWhenAllEventsComeAgainInAnotherOrder() {
        Placed done = completed();
        Placed undone = shop.placeByEvents(OrderRequest.of("COFFEE", 1).shippedTo("AQ"));
        Saga compensated = shop.ended(undone.sagaId());
        assertThat(compensated.compensations()).containsExactly("RESERVE_INVENTORY", "PROCESS_PAYMENT", "CREATE_ORDER");
        List<ConsumerRecord<String, byte[]>> events = new ArrayList<>();
        TOPICS.forEach(topic -> SagaTopic.read(brokers, topic).stream()
                .filter(event ->
                        done.sagaId().equals(event.key()) || undone.sagaId().equals(event.key()))
                .forEach(events::add));
        assertThat(events).hasSizeGreaterThan(8);
        events.addAll(List.copyOf(events));
        Collections.shuffle(events, new Random(4));

        events.forEach(event -> kafka.send(
                        new ProducerRecord<>(event.topic(), null, event.key(), event.value(), event.headers()))
                .join());
        everythingBeforeIsWorkedOn();

        assertThat(database.of(done.orderId())).isEqualTo(new Sides("CONFIRMED", "COMPLETED", "CONFIRMED", "PREPARED"));
        assertThat(database.of(undone.orderId())).isEqualTo(new Sides("CANCELLED", "REFUNDED", "RELEASED", "-"));
        assertThat(shop.saga(done.sagaId()).events()).containsOnlyOnce("COMPLETE");
        assertThat(counted("caravan.messages.late")).isPositive();
    }

    @Test
    void takesAnEventThatComesTwiceAtOnceForOne() {
        Placed placed = shop.placeByEvents(OrderRequest.of("COFFEE", 3));
        await().until(() -> SagaTopic.read(brokers, "order-events").stream()
                .anyMatch(event -> placed.sagaId().equals(event.key())));
        SagaTopic.read(brokers, "order-events").stream()
                .filter(event -> placed.sagaId().equals(event.key()))
                .toList()
                .forEach(event -> kafka.send(
                                new ProducerRecord<>(event.topic(), null, event.key(), event.value(), event.headers()))
                        .join());

        Saga saga = shop.ended(placed.sagaId());

        assertThat(saga.status()).isEqualTo("COMPLETED");
        assertThat(saga.events())
                .containsOnlyOnce("ENLIST PROCESS_PAYMENT")
                .containsOnlyOnce("SUCCESS PROCESS_PAYMENT");
        assertThat(database.gatewayAttempts(placed.orderId())).isEqualTo(1);
    }

    @Test
    void doesNothingForASagaThatNeverWas() {
        String forged = "{\"type\":\"ORDER_CREATED\",\"orderId\":\"forged\",\"total\":1.00,\"currency\":\"EUR\","
                + "\"card\":\"4242424242424242\"}";
        publish("order-events", "no-such-saga", forged);
        publish("payment-events", "no-such-saga", forged.replace("ORDER_CREATED", "PAYMENT_COMPLETED"));
        publish("shipping-events", "no-such-saga", forged.replace("ORDER_CREATED", "SHIPPING_PREPARED"));
        publish("shipping-events", "no-such-saga", forged.replace("ORDER_CREATED", "SHIPPING_FAILED"));
        everythingBeforeIsWorkedOn();

        assertThat(database.of("forged")).isEqualTo(new Sides("-", "-", "-", "-"));
    }

    @Test
    void ignoresAndCountsEventsOfOtherTypesAndVersions() {
        double before = counted("caravan.events.ignored");
        Placed placed = completed();
        publish("order-events", placed.sagaId(), "{\"type\":\"ORDER_ADMIRED\",\"orderId\":\"o\"}");
        publish("order-events", placed.sagaId(), "{\"type\":\"ORDER_CREATED\",\"version\":2,\"orderId\":\"o\"}");

        await().untilAsserted(() ->
                assertThat(counted("caravan.events.ignored") - before).isGreaterThanOrEqualTo(2));
        assertThat(database.of("o")).isEqualTo(new Sides("-", "-", "-", "-"));
    }

    @Test
    void keepsWhatCannotBeReadAndGoesOn() {
        publish("order-events", "a-saga", "{\"type\":");
        publish("order-events", "a-saga", "[]");
        publish("order-events", "a-saga", "{\"orderId\":\"o\"}");
        publish("order-events", null, "{\"type\":\"ORDER_CREATED\"}");
        kafka.send(new ProducerRecord<>("order-events", "a-saga", null)).join();

        everythingBeforeIsWorkedOn();

        await().untilAsserted(() ->
                assertThat(SagaTopic.read(brokers, "order-events-dlq")).hasSize(5));
        assertThat(SagaTopic.read(brokers, "order-events-dlq"))
                .extracting(letter -> new String(
                        letter.headers().lastHeader(DeadLetters.REASON).value(), UTF_8))
                .anySatisfy(reason -> assertThat(reason).contains("Not JSON"))
                .anySatisfy(reason -> assertThat(reason).contains("Expected a JSON object"))
                .anySatisfy(reason -> assertThat(reason).contains("Field 'type' is missing"))
                .anySatisfy(reason -> assertThat(reason).contains("Header 'Long-Running-Action' is missing"));
        assertThat(SagaTopic.read(brokers, "order-events-dlq"))
                .extracting(letter -> letter.value() == null ? null : new String(letter.value(), UTF_8))
                .contains("{\"type\":", "[]", null);
        assertThat(SagaTopic.read(brokers, "order-events-dlq")).allSatisfy(this::tellsWhichRecordItWas);
    }

    private void tellsWhichRecordItWas(ConsumerRecord<String, byte[]> letter) {
        ConsumerRecord<String, byte[]> event = SagaTopic.read(brokers, "order-events").stream()
                .filter(known -> known.partition() == number(letter, DeadLetters.PARTITION)
                        && known.offset() == number(letter, DeadLetters.OFFSET))
                .findFirst()
                .orElseThrow();
        assertThat(letter.value()).isEqualTo(event.value());
        assertThat(number(letter, DeadLetters.TIMESTAMP)).isEqualTo(event.timestamp());
    }

    private static long number(ConsumerRecord<String, byte[]> letter, String header) {
        return Long.parseLong(new String(letter.headers().lastHeader(header).value(), UTF_8));
    }
}
