package dev.caravan.shop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import dev.caravan.saga.camel.SagaStarter;
import dev.caravan.saga.camel.StartedSaga;
import dev.caravan.shop.ShopClient.Answer;
import dev.caravan.shop.ShopClient.Placed;
import dev.caravan.shop.ShopClient.Saga;
import dev.caravan.shop.ShopDatabase.Sides;
import dev.caravan.testing.HangLimit;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Value;

/** How orders end, by what is in them. */
@ShopTest
class OrderSagaIT {

    @Value("${local.server.port}")
    private int port;

    @Value("${camel.component.kafka.brokers}")
    private String brokers;

    @Autowired
    private DataSource dataSource;

    @Autowired
    private SagaStarter starter;

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

    @Test
    void completesAGoodOrder() {
        Placed placed = shop.place(OrderRequest.of("COFFEE", 2));
        Saga saga = shop.ended(placed.sagaId());

        assertThat(saga.status()).isEqualTo("COMPLETED");
        assertThat(saga.events())
                .containsExactly(
                        "START",
                        "ENLIST CREATE_ORDER",
                        "SUCCESS CREATE_ORDER",
                        "ENLIST PROCESS_PAYMENT",
                        "SUCCESS PROCESS_PAYMENT",
                        "ENLIST RESERVE_INVENTORY",
                        "SUCCESS RESERVE_INVENTORY",
                        "ENLIST PREPARE_SHIPPING",
                        "SUCCESS PREPARE_SHIPPING",
                        "CLOSE",
                        "COMPLETE_SUCCESS RESERVE_INVENTORY",
                        "COMPLETE_SUCCESS CREATE_ORDER",
                        "COMPLETE");
        assertThat(database.of(placed.orderId()))
                .isEqualTo(new Sides("CONFIRMED", "COMPLETED", "CONFIRMED", "PREPARED"));
        assertThat(database.inboxes(placed.sagaId()))
                .containsOnly(
                        entry("CREATE_ORDER", "COMPLETED"),
                        entry("PROCESS_PAYMENT", "DONE"),
                        entry("RESERVE_INVENTORY", "COMPLETED"),
                        entry("PREPARE_SHIPPING", "DONE"));
    }

    @Test
    void showsACompletedOrderOnAllSides() {
        Placed placed = shop.place(OrderRequest.of("COFFEE", 3));
        shop.ended(placed.sagaId());

        Answer order = shop.order(placed.orderId());
        assertThat(order.text("orderId")).isEqualTo(placed.orderId());
        assertThat(order.text("sagaId")).isEqualTo(placed.sagaId());
        assertThat(order.text("status")).isEqualTo("CONFIRMED");
        assertThat(ShopClient.decimal(order.body().path("total"))).isEqualByComparingTo("37.50");
        assertThat(order.text("currency")).isEqualTo("EUR");
        assertThat(shop.payments(placed.orderId())).singleElement().satisfies(payment -> {
            assertThat(payment.path("status").asText()).isEqualTo("COMPLETED");
            assertThat(ShopClient.decimal(payment.path("amount"))).isEqualByComparingTo("37.50");
        });
        assertThat(shop.shipments(placed.orderId())).singleElement().satisfies(shipment -> {
            assertThat(shipment.path("status").asText()).isEqualTo("PREPARED");
            assertThat(shipment.path("trackingNumber").asText()).isNotBlank();
        });
    }

    @Test
    void undoesNothingWhenTheOrderItselfIsRejected() throws Exception {
        StartedSaga started = starter.start(
                "direct:order-saga",
                Map.of(
                        "orderId", "an-order-for-tea",
                        "userId", "ann",
                        "items", List.of(Map.of("productId", "TEA", "quantity", 1, "unitPrice", "3.00")),
                        "total", "3.00",
                        "currency", "EUR",
                        "card", OrderRequest.GOOD_CARD,
                        "country", "KR"),
                "an-order-for-tea",
                Map.of());
        started.ended().get(HangLimit.SECONDS, TimeUnit.SECONDS);
        Saga saga = shop.ended(started.accepted().get().value());

        assertThat(saga.status()).isEqualTo("COMPENSATED");
        assertThat(saga.events())
                .containsExactly(
                        "START",
                        "ENLIST CREATE_ORDER",
                        "STEP_REJECTED CREATE_ORDER",
                        "FAIL CREATE_ORDER",
                        "COMPENSATE_COMPLETE");
        assertThat(database.of("an-order-for-tea")).isEqualTo(new Sides("-", "-", "-", "-"));
        assertThat(database.inboxes(saga.id())).containsOnly(entry("CREATE_ORDER", "REJECTED"));
        assertThat(shop.order("an-order-for-tea").text("status")).isEqualTo("CANCELLED");
    }

    @Test
    void cancelsTheOrderWhenTheCardIsDeclined() {
        Placed placed = shop.place(OrderRequest.of("COFFEE", 1).paidWith(OrderRequest.DECLINED_CARD));
        Saga saga = shop.ended(placed.sagaId());

        assertThat(saga.status()).isEqualTo("COMPENSATED");
        assertThat(saga.events())
                .containsExactly(
                        "START",
                        "ENLIST CREATE_ORDER",
                        "SUCCESS CREATE_ORDER",
                        "ENLIST PROCESS_PAYMENT",
                        "STEP_REJECTED PROCESS_PAYMENT",
                        "FAIL PROCESS_PAYMENT",
                        "COMPENSATE_SUCCESS CREATE_ORDER",
                        "COMPENSATE_COMPLETE");
        assertThat(database.of(placed.orderId())).isEqualTo(new Sides("CANCELLED", "DECLINED", "-", "-"));
        assertThat(database.inboxes(placed.sagaId()))
                .containsOnly(entry("CREATE_ORDER", "COMPENSATED"), entry("PROCESS_PAYMENT", "REJECTED"));
    }

    @Test
    void refundsTheMoneyWhenTheProductIsOutOfStock() {
        Placed placed = shop.place(OrderRequest.of("OUT-OF-STOCK", 1));
        Saga saga = shop.ended(placed.sagaId());

        assertThat(saga.status()).isEqualTo("COMPENSATED");
        assertThat(saga.compensations()).containsExactly("PROCESS_PAYMENT", "CREATE_ORDER");
        assertThat(database.of(placed.orderId())).isEqualTo(new Sides("CANCELLED", "REFUNDED", "-", "-"));
        assertThat(database.inboxes(placed.sagaId()))
                .containsOnly(
                        entry("CREATE_ORDER", "COMPENSATED"),
                        entry("PROCESS_PAYMENT", "COMPENSATED"),
                        entry("RESERVE_INVENTORY", "REJECTED"));
    }

    @Test
    void takesNothingOfAnOrderThatCannotBeFilledWhole() {
        Placed placed = shop.place(new OrderRequest(
                "ann",
                List.of(
                        Map.of("productId", "COFFEE", "quantity", 5),
                        Map.of("productId", "OUT-OF-STOCK", "quantity", 1)),
                OrderRequest.GOOD_CARD,
                "KR"));
        Saga saga = shop.ended(placed.sagaId());

        assertThat(saga.status()).isEqualTo("COMPENSATED");
        assertThat(database.of(placed.orderId())).isEqualTo(new Sides("CANCELLED", "REFUNDED", "-", "-"));
    }

    @Test
    void releasesRefundsAndCancelsInThatOrderWhenTheCountryCannotBeShippedTo() {
        Placed placed = shop.place(OrderRequest.of("COFFEE", 4).shippedTo("AQ"));
        Saga saga = shop.ended(placed.sagaId());

        assertThat(saga.status()).isEqualTo("COMPENSATED");
        assertThat(saga.compensations()).containsExactly("RESERVE_INVENTORY", "PROCESS_PAYMENT", "CREATE_ORDER");
        assertThat(database.of(placed.orderId())).isEqualTo(new Sides("CANCELLED", "REFUNDED", "RELEASED", "-"));
        assertThat(database.inboxes(placed.sagaId()))
                .containsOnly(
                        entry("CREATE_ORDER", "COMPENSATED"),
                        entry("PROCESS_PAYMENT", "COMPENSATED"),
                        entry("RESERVE_INVENTORY", "COMPENSATED"),
                        entry("PREPARE_SHIPPING", "REJECTED"));
    }

    @Test
    void completesWhenTheGatewayWorksAfterTwoFailures() {
        Placed placed = shop.place(OrderRequest.of("COFFEE", 1).paidWith(OrderRequest.FLAKY_CARD));
        Saga saga = shop.ended(placed.sagaId());

        assertThat(saga.status()).isEqualTo("COMPLETED");
        assertThat(database.of(placed.orderId()))
                .isEqualTo(new Sides("CONFIRMED", "COMPLETED", "CONFIRMED", "PREPARED"));
        assertThat(database.gatewayAttempts(placed.orderId())).isEqualTo(3);
    }
}
