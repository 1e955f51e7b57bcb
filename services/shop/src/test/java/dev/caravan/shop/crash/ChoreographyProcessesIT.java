package dev.caravan.shop.crash;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.caravan.embeddedkafka.EmbeddedKafka;
import dev.caravan.embeddedkafka.EmbeddedKafkaOptions;
import dev.caravan.shop.EventServices;
import dev.caravan.shop.FreshDataDirectory;
import dev.caravan.shop.Invariants;
import dev.caravan.shop.OrderRequest;
import dev.caravan.shop.SagaTopic;
import dev.caravan.shop.ShopClient;
import dev.caravan.shop.ShopClient.Placed;
import dev.caravan.shop.ShopClient.Saga;
import dev.caravan.shop.ShopDatabase;
import dev.caravan.shop.ShopDatabase.Sides;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The order saga by events, each service in a process of its own with a database of its own. */
class ChoreographyProcessesIT {

    private static final ObjectMapper JSON = new ObjectMapper();

    private ShopClient shop;
    private EmbeddedKafka kafka;

    @ParameterizedTest
    @EnumSource
    void theServicesWorkAnOrderOffTogether(Mode mode) {
        Path directory = FreshDataDirectory.make("choreography");
        try (EmbeddedKafka broker = EmbeddedKafka.start(EmbeddedKafkaOptions.in(directory.resolve("kafka")));
                EventServices services = new EventServices(
                        directory,
                        broker.bootstrapServers(),
                        mode,
                        "--order.saga.timeout=60s",
                        "--caravan.payment.gateway.timeout=4s")) {
            kafka = broker;
            shop = services.start().client();

            Saga good =
                    shop.ended(shop.placeByEvents(OrderRequest.of("COFFEE", 2)).sagaId());
            assertThat(good.status()).as("%s", good.json()).isEqualTo("COMPLETED");
            assertThat(good.events())
                    .containsSubsequence(
                            "START",
                            "ENLIST CREATE_ORDER",
                            "ENLIST PROCESS_PAYMENT",
                            "ENLIST RESERVE_INVENTORY",
                            "ENLIST PREPARE_SHIPPING",
                            "CLOSE",
                            "COMPLETE");
            assertThat(applications(good))
                    .containsExactly("order-service", "payment-service", "inventory-service", "shipping-service");

            Placed declined = shop.placeByEvents(OrderRequest.of("COFFEE", 1).paidWith(OrderRequest.DECLINED_CARD));
            assertUndone(declined, "PAYMENT_FAILED", "CREATE_ORDER");
            Placed outOfStock = shop.placeByEvents(OrderRequest.of("OUT-OF-STOCK", 1));
            assertUndone(outOfStock, "INVENTORY_INSUFFICIENT", "PROCESS_PAYMENT", "CREATE_ORDER");
            Placed antarctica = shop.placeByEvents(OrderRequest.of("COFFEE", 1).shippedTo("AQ"));
            assertUndone(antarctica, "SHIPPING_FAILED", "RESERVE_INVENTORY", "PROCESS_PAYMENT", "CREATE_ORDER");
            Placed silent = shop.placeByEvents(OrderRequest.of("COFFEE", 1).paidWith(OrderRequest.SILENT_CARD));
            assertUndone(silent, "did not end before", "PROCESS_PAYMENT", "CREATE_ORDER");

            assertThat(events(declined)).containsExactly("ORDER_CREATED", "PAYMENT_FAILED", "ORDER_CANCELLED");
            assertThat(events(outOfStock))
                    .containsExactly(
                            "ORDER_CREATED",
                            "PAYMENT_COMPLETED",
                            "INVENTORY_INSUFFICIENT",
                            "PAYMENT_REFUNDED",
                            "ORDER_CANCELLED");
            assertThat(events(antarctica))
                    .containsExactly(
                            "ORDER_CREATED",
                            "PAYMENT_COMPLETED",
                            "INVENTORY_RESERVED",
                            "SHIPPING_FAILED",
                            "INVENTORY_RELEASED",
                            "PAYMENT_REFUNDED",
                            "ORDER_CANCELLED");
            ShopDatabase database = services.databaseAtTheEnd();
            assertThat(database.of(antarctica.orderId()))
                    .isEqualTo(new Sides("CANCELLED", "REFUNDED", "RELEASED", "-"));
            Invariants.holdIn(database);
        }
    }

    private void assertUndone(Placed placed, String reason, String... compensations) {
        Saga saga = shop.ended(placed.sagaId());
        assertThat(saga.status()).as("%s", saga.json()).isEqualTo("COMPENSATED");
        assertThat(saga.compensations()).as("%s", saga.json()).containsExactly(compensations);
        assertThat(saga.json().path("reason").asText()).contains(reason);
        await().untilAsserted(() ->
                assertThat(shop.order(placed.orderId()).text("status")).isEqualTo("CANCELLED"));
    }

    private static List<String> applications(Saga saga) {
        return ShopClient.stream(saga.json().path("steps"))
                .map(step -> step.path("application").asText("-"))
                .toList();
    }

    /** The events of an order in the order in which they were published. */
    private List<String> events(Placed placed) {
        await().until(() -> published(placed).stream()
                .anyMatch(event -> event.path("type").asText().equals("ORDER_CANCELLED")));
        return published(placed).stream()
                .map(event -> event.path("type").asText())
                .toList();
    }

    private List<JsonNode> published(Placed placed) {
        return Stream.of("order-events", "payment-events", "inventory-events", "shipping-events")
                .flatMap(topic -> SagaTopic.read(kafka.bootstrapServers(), topic).stream())
                .sorted((one, other) -> Long.compare(one.timestamp(), other.timestamp()))
                .map(message -> parse(message.value()))
                .filter(event -> event.path("orderId").asText().equals(placed.orderId()))
                .toList();
    }

    private static JsonNode parse(byte[] json) {
        try {
            return JSON.readTree(json);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
