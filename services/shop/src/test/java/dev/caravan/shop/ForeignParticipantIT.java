package dev.caravan.shop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.caravan.shop.ShopClient.Placed;
import dev.caravan.shop.ShopClient.Saga;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** A participant that knows nothing of Caravan takes the place of the shipping service. The user's name tells it what to answer. */
@Tag("thorough")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ForeignParticipantIT {

    private ShopProcess process;
    private ShopClient shop;
    private ForeignShipping shipping;

    @BeforeAll
    void start() {
        process = new ShopProcess(
                        FreshDataDirectory.make("foreign"),
                        "--camel.main.routes-include-pattern=classpath:routes/orchestration/*.camel.xml,"
                                + "classpath:caravan/participants/order-service.camel.xml,"
                                + "classpath:caravan/participants/payment-service.camel.xml,"
                                + "classpath:caravan/participants/inventory-service.camel.xml",
                        "--order.saga.step-timeout=30s",
                        "--caravan.shop.timeline=false")
                .start();
        shop = process.client();
        shipping = new ForeignShipping(process.brokers(), ForeignParticipantIT::answers);
    }

    @AfterAll
    void leavesNothingPendingAndEverythingAddsUp() {
        try (ShopProcess last = process) {
            await().untilAsserted(() -> assertThat(shop.openLras()).isEmpty());
            assertThat(shop.sagas("?limit=1000").body())
                    .extracting(saga -> saga.path("status").asText())
                    .containsOnly("COMPLETED", "COMPENSATED");
            shipping.close();
            last.terminate();
            ShopDatabase database = last.database();
            assertThat(database.unfinished()).isEmpty();
            assertThat(database.moneyTaken()).isEqualByComparingTo(database.moneyOfConfirmedOrders());
            assertThat(database.itemsSold()).isEqualTo(database.itemsOfConfirmedOrders());
        }
    }

    private static List<String> answers(JsonNode command) {
        String start = "{\"sagaId\": %s, \"step\": %s".formatted(command.get("sagaId"), command.get("step"));
        String named = start + ", \"command\": " + command.get("command");
        if (command.get("command").asText().equals("CancelShipping")) {
            return List.of(named + ", \"status\": \"SUCCESS\"}");
        }
        return switch (command.get("data").get("userId").asText()) {
            case "refused" -> List.of(named + ", \"status\": \"FAILED\", \"error\": \"The lorry is full\"}");
            case "in doubt" ->
                List.of(named
                        + ", \"status\": \"FAILED\", \"error\": \"The lorry is gone\", \"outcome\": \"UNKNOWN\"}");
            case "short" -> List.of(start + ", \"status\": \"SUCCESS\"}");
            case "long" ->
                List.of(named + ", \"status\": \"SUCCESS\", \"result\": {\"parcel\": {\"kg\": 1.50}},"
                        + " \"version\": 7, \"carrier\": {\"name\": \"Somebody Else\"}}");
            case "confused" ->
                List.of(
                        "{\"sagaId\": %s, \"step\"".formatted(command.get("sagaId")),
                        named + ", \"status\": \"PERHAPS\"}",
                        named + ", \"status\": \"SUCCESS\"}");
            case "twice" -> List.of(named + ", \"status\": \"SUCCESS\"}", named + ", \"status\": \"SUCCESS\"}");
            case "late" -> List.of();
            default -> List.of(named + ", \"status\": \"SUCCESS\", \"result\": {\"parcel\": \"P-1\"}}");
        };
    }

    private static OrderRequest orderOf(String userId) {
        return new OrderRequest(
                userId, List.of(Map.of("productId", "COFFEE", "quantity", 1)), OrderRequest.GOOD_CARD, "KR");
    }

    @Test
    void isToldWhatToDoInPlainJson() {
        Placed placed = shop.place(orderOf("ann"));
        Saga saga = shop.ended(placed.sagaId());

        assertThat(saga.status()).isEqualTo("COMPLETED");
        assertThat(shop.order(placed.orderId()).text("status")).isEqualTo("CONFIRMED");
        assertThat(shipping.commands(placed.sagaId())).singleElement().satisfies(command -> {
            assertThat(command.fieldNames())
                    .toIterable()
                    .containsExactlyInAnyOrder("sagaId", "step", "service", "command", "data");
            assertThat(command.path("step").asText()).isEqualTo("PREPARE_SHIPPING");
            assertThat(command.path("service").asText()).isEqualTo("shipping-service");
            assertThat(command.path("command").asText()).isEqualTo("PrepareShipping");
            assertThat(command.path("data").path("orderId").asText()).isEqualTo(placed.orderId());
            assertThat(command.path("data").path("country").asText()).isEqualTo("KR");
        });
    }

    @Test
    void refusesAndNeedsNoCompensation() {
        Placed placed = shop.place(orderOf("refused"));
        Saga saga = shop.ended(placed.sagaId());

        assertThat(saga.status()).isEqualTo("COMPENSATED");
        assertThat(saga.json().path("reason").asText()).isEqualTo("The lorry is full");
        assertThat(saga.compensations()).containsExactly("RESERVE_INVENTORY", "PROCESS_PAYMENT", "CREATE_ORDER");
        assertThat(shipping.commands(placed.sagaId())).hasSize(1);
    }

    @Test
    void isAskedToUndoWhatItIsNotSureOf() {
        Placed placed = shop.place(orderOf("in doubt"));
        Saga saga = shop.ended(placed.sagaId());

        assertThat(saga.status()).isEqualTo("COMPENSATED");
        assertThat(saga.compensations())
                .containsExactly("PREPARE_SHIPPING", "RESERVE_INVENTORY", "PROCESS_PAYMENT", "CREATE_ORDER");
        assertThat(shipping.commands(placed.sagaId()))
                .extracting(command -> command.path("command").asText())
                .containsExactly("PrepareShipping", "CancelShipping");
        assertThat(shipping.commands(placed.sagaId())
                        .get(1)
                        .path("data")
                        .path("orderId")
                        .asText())
                .isEqualTo(placed.orderId());
    }

    @Test
    void needNotRepeatTheCommand() {
        assertThat(shop.run(orderOf("short")).status()).isEqualTo("COMPLETED");
    }

    @Test
    void maySayMoreThanIsAsked() {
        assertThat(shop.run(orderOf("long")).status()).isEqualTo("COMPLETED");
    }

    @Test
    void mayRepeatItself() {
        Saga saga = shop.run(orderOf("twice"));

        assertThat(saga.status()).isEqualTo("COMPLETED");
        assertThat(saga.events()).containsOnlyOnce("SUCCESS PREPARE_SHIPPING");
    }

    @Test
    void hasItsMalformedRepliesKeptWithTheReason() {
        Saga saga = shop.run(orderOf("confused"));

        assertThat(saga.status()).isEqualTo("COMPLETED");
        await().untilAsserted(() -> assertThat(SagaTopic.read(process.brokers(), "saga-replies-dlq"))
                .filteredOn(letter -> letter.key().equals(saga.id()))
                .hasSize(2)
                .allSatisfy(letter -> {
                    assertThat(headers(letter)).containsEntry("dlq-topic", "saga-replies");
                    assertThat(headers(letter).get("dlq-partition")).matches("\\d+");
                    assertThat(headers(letter).get("dlq-offset")).matches("\\d+");
                })
                .extracting(letter -> new String(letter.value(), StandardCharsets.UTF_8)
                        + headers(letter).get("dlq-reason"))
                .anySatisfy(text -> assertThat(text).contains("\"step\"Not JSON"))
                .anySatisfy(text -> assertThat(text).contains("Field 'status' is 'PERHAPS'")));
    }

    private static Map<String, String> headers(ConsumerRecord<String, byte[]> letter) {
        Map<String, String> headers = new TreeMap<>();
        letter.headers()
                .forEach(header -> headers.put(header.key(), new String(header.value(), StandardCharsets.UTF_8)));
        return headers;
    }

    @Test
    void changesNothingWithASuccessThatComesAfterTheTimeOut() {
        Placed placed = shop.place(orderOf("late"));
        Saga saga = shop.ended(placed.sagaId());
        shipping.say(
                saga.id(),
                "{\"sagaId\": \"%s\", \"step\": \"PREPARE_SHIPPING\", \"command\": \"PrepareShipping\", \"status\": \"SUCCESS\"}"
                        .formatted(saga.id()));
        Saga after = shop.run(orderOf("ann"));

        assertThat(after.status()).isEqualTo("COMPLETED");
        assertThat(saga.events()).contains("STEP_TIMEOUT PREPARE_SHIPPING", "TIMEOUT PREPARE_SHIPPING");
        assertThat(saga.compensations())
                .containsExactly("PREPARE_SHIPPING", "RESERVE_INVENTORY", "PROCESS_PAYMENT", "CREATE_ORDER");
        assertThat(shop.saga(saga.id()).status()).isEqualTo("COMPENSATED");
        assertThat(shop.order(placed.orderId()).text("status")).isEqualTo("CANCELLED");
    }

    @Test
    void leavesTheTablesOfTheShippingServiceEmpty() {
        Placed placed = shop.place(orderOf("ann"));
        shop.ended(placed.sagaId());

        assertThat(shop.shipments(placed.orderId())).isEmpty();
    }
}
