package dev.caravan.order;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Orders with their items. */
class OrderRepository {

    private static final String SELECT = """
            select order_id, saga_id, user_id, status, total, currency, country, created_at, updated_at
            from orders.orders where order_id = :orderId
            """;

    private final JdbcClient jdbc;

    OrderRepository(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    Optional<Order> find(String orderId) {
        return select(SELECT, orderId);
    }

    /** Locks the order until the transaction ends. */
    Optional<Order> findAndLock(String orderId) {
        return select(SELECT + "for update", orderId);
    }

    private Optional<Order> select(String sql, String orderId) {
        return jdbc.sql(sql)
                .param("orderId", orderId)
                .query((row, number) -> order(row))
                .optional();
    }

    private Order order(ResultSet row) throws SQLException {
        String orderId = row.getString("order_id");
        return new Order(
                orderId,
                row.getString("saga_id"),
                row.getString("user_id"),
                OrderStatus.valueOf(row.getString("status")),
                row.getBigDecimal("total"),
                row.getString("currency"),
                row.getString("country"),
                items(orderId),
                row.getObject("created_at", OffsetDateTime.class).toInstant(),
                row.getObject("updated_at", OffsetDateTime.class).toInstant());
    }

    private List<OrderItem> items(String orderId) {
        return jdbc.sql("""
                        select product_id, quantity, unit_price from orders.order_items
                        where order_id = :orderId order by line
                        """)
                .param("orderId", orderId)
                .query((row, number) -> item(row))
                .list();
    }

    private static OrderItem item(ResultSet row) throws SQLException {
        return new OrderItem(row.getString("product_id"), row.getInt("quantity"), row.getBigDecimal("unit_price"));
    }

    /** @throws org.springframework.dao.DuplicateKeyException there is an order with this id */
    void insert(Order order) {
        jdbc.sql("""
                        insert into orders.orders (order_id, saga_id, user_id, status, total, currency, country,
                          created_at, updated_at)
                        values (:orderId, :sagaId, :userId, :status, :total, :currency, :country, :createdAt, :updatedAt)
                        """)
                .param("orderId", order.orderId())
                .param("sagaId", order.sagaId())
                .param("userId", order.userId())
                .param("status", order.status().name())
                .param("total", order.total())
                .param("currency", order.currency())
                .param("country", order.country())
                .param("createdAt", order.createdAt().atOffset(ZoneOffset.UTC))
                .param("updatedAt", order.updatedAt().atOffset(ZoneOffset.UTC))
                .update();
        int line = 0;
        for (OrderItem item : order.items()) {
            insert(order.orderId(), line++, item);
        }
    }

    private void insert(String orderId, int line, OrderItem item) {
        jdbc.sql("""
                        insert into orders.order_items (order_id, line, product_id, quantity, unit_price)
                        values (:orderId, :line, :productId, :quantity, :unitPrice)
                        """)
                .param("orderId", orderId)
                .param("line", line)
                .param("productId", item.productId())
                .param("quantity", item.quantity())
                .param("unitPrice", item.unitPrice())
                .update();
    }

    void setStatus(String orderId, OrderStatus status, Instant now) {
        jdbc.sql("update orders.orders set status = :status, updated_at = :now where order_id = :orderId")
                .param("orderId", orderId)
                .param("status", status.name())
                .param("now", now.atOffset(ZoneOffset.UTC))
                .update();
    }
}
