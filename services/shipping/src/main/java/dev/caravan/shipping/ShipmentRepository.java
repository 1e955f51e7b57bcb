package dev.caravan.shipping;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;

/** One shipment for each order, with its items. */
class ShipmentRepository {

    private final JdbcClient jdbc;

    ShipmentRepository(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    Optional<Shipment> findByOrder(String orderId) {
        return jdbc.sql("""
                        select shipment_id, tracking_number, order_id, user_id, country, status, created_at
                        from shipping.shipments where order_id = :orderId
                        """)
                .param("orderId", orderId)
                .query((row, number) -> shipment(row))
                .optional();
    }

    private Shipment shipment(ResultSet row) throws SQLException {
        String shipmentId = row.getString("shipment_id");
        return new Shipment(
                shipmentId,
                row.getString("tracking_number"),
                row.getString("order_id"),
                row.getString("user_id"),
                row.getString("country"),
                items(shipmentId),
                ShipmentStatus.valueOf(row.getString("status")),
                row.getObject("created_at", OffsetDateTime.class).toInstant());
    }

    private List<Item> items(String shipmentId) {
        return jdbc.sql("""
                        select product_id, quantity from shipping.shipment_items
                        where shipment_id = :shipmentId order by line
                        """)
                .param("shipmentId", shipmentId)
                .query((row, number) -> item(row))
                .list();
    }

    private static Item item(ResultSet row) throws SQLException {
        return new Item(row.getString("product_id"), row.getLong("quantity"));
    }

    /** @throws org.springframework.dao.DuplicateKeyException the order has a shipment */
    void insert(Shipment shipment) {
        jdbc.sql("""
                        insert into shipping.shipments (shipment_id, tracking_number, order_id, user_id, country,
                          status, created_at, updated_at)
                        values (:shipmentId, :trackingNumber, :orderId, :userId, :country, :status, :now, :now)
                        """)
                .param("shipmentId", shipment.shipmentId())
                .param("trackingNumber", shipment.trackingNumber())
                .param("orderId", shipment.orderId())
                .param("userId", shipment.userId())
                .param("country", shipment.country())
                .param("status", shipment.status().name())
                .param("now", shipment.createdAt().atOffset(ZoneOffset.UTC))
                .update();
        int line = 0;
        for (Item item : shipment.items()) {
            insert(shipment.shipmentId(), line++, item);
        }
    }

    private void insert(String shipmentId, int line, Item item) {
        jdbc.sql("""
                        insert into shipping.shipment_items (shipment_id, line, product_id, quantity)
                        values (:shipmentId, :line, :productId, :quantity)
                        """)
                .param("shipmentId", shipmentId)
                .param("line", line)
                .param("productId", item.productId())
                .param("quantity", item.quantity())
                .update();
    }

    void cancel(String shipmentId, Instant now) {
        jdbc.sql("""
                        update shipping.shipments set status = 'CANCELLED', updated_at = :now
                        where shipment_id = :shipmentId and status = 'PREPARED'
                        """)
                .param("shipmentId", shipmentId)
                .param("now", now.atOffset(ZoneOffset.UTC))
                .update();
    }
}
