package dev.caravan.inventory;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;

/** One row for each product of an order; all rows of an order have the same status. */
class ReservationRepository {

    private final JdbcClient jdbc;

    ReservationRepository(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** Locks the order's reservation until the transaction ends. */
    Optional<Reservation> findAndLock(String orderId) {
        List<Row> rows = jdbc.sql("""
                        select product_id, quantity, status from inventory.reservations
                        where order_id = :orderId order by product_id for update
                        """)
                .param("orderId", orderId)
                .query((row, number) -> row(row))
                .list();
        return rows.stream().findFirst().map(first -> new Reservation(orderId, items(rows), first.status()));
    }

    private static Row row(ResultSet row) throws SQLException {
        return new Row(
                row.getString("product_id"),
                row.getLong("quantity"),
                ReservationStatus.valueOf(row.getString("status")));
    }

    private static List<Item> items(List<Row> rows) {
        return rows.stream()
                .map(row -> new Item(row.productId(), row.quantity()))
                .toList();
    }

    boolean isHeldBy(String orderId, String holder) {
        return jdbc.sql("select count(*) from inventory.reservations where order_id = :orderId and held_by = :holder")
                        .param("orderId", orderId)
                        .param("holder", holder)
                        .query(Long.class)
                        .single()
                > 0;
    }

    void insert(String orderId, Item item, String holder) {
        jdbc.sql("""
                        insert into inventory.reservations (order_id, product_id, quantity, status, held_by)
                        values (:orderId, :productId, :quantity, 'RESERVED', :holder)
                        """)
                .param("orderId", orderId)
                .param("productId", item.productId())
                .param("quantity", item.quantity())
                .param("holder", holder)
                .update();
    }

    void setStatus(String orderId, ReservationStatus status) {
        jdbc.sql("update inventory.reservations set status = :status where order_id = :orderId")
                .param("orderId", orderId)
                .param("status", status.name())
                .update();
    }

    private record Row(String productId, long quantity, ReservationStatus status) {}
}
