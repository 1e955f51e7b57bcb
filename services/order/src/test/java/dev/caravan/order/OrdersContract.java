package dev.caravan.order;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.zaxxer.hikari.HikariDataSource;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import javax.sql.DataSource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.jdbc.core.simple.JdbcClient;

/** What holds on every database. */
@SpringBootTest(classes = OrderTestApplication.class)
abstract class OrdersContract {

    @Autowired
    Orders orders;

    @Autowired
    OrderRepository repository;

    @Autowired
    ProductRepository products;

    @Autowired
    JdbcClient jdbc;

    @Autowired
    DataSource dataSource;

    @Autowired
    ObjectMapper json;

    @BeforeEach
    void forgetEveryOrder() {
        jdbc.sql("delete from orders.order_items").update();
        jdbc.sql("delete from orders.orders").update();
    }

    @Test
    void recordsAPendingOrder() {
        assertThat(orders.create(order("a", "COFFEE"), "saga-1")).isEqualTo(new OrderResult("a", OrderStatus.PENDING));

        Order order = repository.find("a").orElseThrow();
        assertThat(order.sagaId()).isEqualTo("saga-1");
        assertThat(order.total()).isEqualTo(new BigDecimal("25.00"));
        assertThat(order.items()).containsExactly(new OrderItem("COFFEE", 2, new BigDecimal("12.50")));
        assertThat(order.createdAt()).isNotNull().isEqualTo(order.updatedAt());
    }

    @Test
    void readsThePriceListWithoutKeepingAConnection() throws Exception {
        products.find(List.of("COFFEE", "GRINDER"));

        assertThat(dataSource
                        .unwrap(HikariDataSource.class)
                        .getHikariPoolMXBean()
                        .getActiveConnections())
                .isZero();
    }

    @Test
    void recordsAnOrderOnceAndForOneSaga() {
        orders.create(order("a", "COFFEE"), "saga-1");

        assertThat(orders.create(order("a", "COFFEE"), "saga-1").status()).isEqualTo(OrderStatus.PENDING);
        assertRejected(OrderExistsException.class, order("a", "COFFEE"), "saga-2");
    }

    @Test
    void rejectsAnUnknownProduct() {
        assertRejected(UnknownProductException.class, order("a", "TEAPOT"), "saga-1");
        assertThat(repository.find("a")).isEmpty();
    }

    @Test
    void confirmsAPendingOrderForGood() {
        orders.create(order("a", "COFFEE"), "saga-1");

        assertThat(orders.confirm(new ConfirmOrder("a")).status()).isEqualTo(OrderStatus.CONFIRMED);
        assertThat(orders.confirm(new ConfirmOrder("a")).status()).isEqualTo(OrderStatus.CONFIRMED);
        assertThatThrownBy(() -> orders.cancel(new CancelOrder("a")))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageStartingWith("Order a is CONFIRMED and cannot become CANCELLED any more");
    }

    @Test
    void cancelsAPendingOrderForGood() {
        orders.create(order("a", "COFFEE"), "saga-1");

        assertThat(orders.cancel(new CancelOrder("a")).status()).isEqualTo(OrderStatus.CANCELLED);
        assertThat(orders.cancel(new CancelOrder("a")).status()).isEqualTo(OrderStatus.CANCELLED);
        assertThatThrownBy(() -> orders.confirm(new ConfirmOrder("a"))).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void cancelsNothingAndConfirmsNothingForAnUnknownOrder() {
        assertThat(orders.cancel(new CancelOrder("unheard-of")))
                .isEqualTo(new OrderResult("unheard-of", OrderStatus.CANCELLED));
        assertThatThrownBy(() -> orders.confirm(new ConfirmOrder("unheard-of")))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("is unknown");
    }

    @Test
    void doesNotEvenReadTheCardNumber() {
        CreateOrder command = json.convertValue(
                Map.of(
                        "orderId", "a",
                        "userId", "ann",
                        "card", "4242424242424242",
                        "total", 12.5,
                        "currency", "EUR",
                        "country", "DE",
                        "items", List.of(Map.of("productId", "COFFEE", "quantity", 1, "unitPrice", 12.5))),
                CreateOrder.class);

        assertThat(command.toString()).doesNotContain("4242");
        assertThat(command.money()).isEqualTo(new Money(new BigDecimal("12.50"), "EUR"));
    }

    @Test
    void knowsThePriceList() {
        assertThat(products.find(List.of("COFFEE", "GRINDER", "OUT-OF-STOCK", "TEAPOT"))
                        .values())
                .containsExactlyInAnyOrder(
                        new Product("COFFEE", new BigDecimal("12.50"), "EUR"),
                        new Product("GRINDER", new BigDecimal("89.00"), "EUR"),
                        new Product("OUT-OF-STOCK", new BigDecimal("19.90"), "EUR"));
        assertThat(products.find(List.of())).isEmpty();
    }

    private void assertRejected(Class<? extends Exception> reason, CreateOrder command, String sagaId) {
        assertThatThrownBy(() -> orders.create(command, sagaId)).isInstanceOf(reason);
    }

    private static CreateOrder order(String orderId, String productId) {
        return new CreateOrder(
                orderId,
                "ann",
                List.of(new OrderItem(productId, 2, new BigDecimal("12.50"))),
                new BigDecimal("25"),
                "EUR",
                "DE");
    }
}
