package dev.caravan.inventory;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;

/** The counts of each product. Every change is one conditional statement, so that no count is lost or below zero. */
class StockRepository {

    private final JdbcClient jdbc;

    StockRepository(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    Optional<Stock> find(String productId) {
        return jdbc.sql("select product_id, available, reserved from inventory.stock where product_id = :productId")
                .param("productId", productId)
                .query((row, number) -> stock(row))
                .optional();
    }

    private static Stock stock(ResultSet row) throws SQLException {
        return new Stock(row.getString("product_id"), row.getLong("available"), row.getLong("reserved"));
    }

    /** @return false if there is not enough, or no such product */
    boolean reserve(Item item) {
        return change("""
                update inventory.stock set available = available - :quantity, reserved = reserved + :quantity
                where product_id = :productId and available >= :quantity
                """, item);
    }

    void release(Item item) {
        require(change("""
                        update inventory.stock set available = available + :quantity, reserved = reserved - :quantity
                        where product_id = :productId and reserved >= :quantity
                        """, item), item);
    }

    void confirm(Item item) {
        require(change("""
                        update inventory.stock set reserved = reserved - :quantity
                        where product_id = :productId and reserved >= :quantity
                        """, item), item);
    }

    private boolean change(String sql, Item item) {
        return jdbc.sql(sql)
                        .param("productId", item.productId())
                        .param("quantity", item.quantity())
                        .update()
                == 1;
    }

    private static void require(boolean changed, Item item) {
        if (!changed) {
            throw new IllegalStateException("Less than " + item.quantity() + " of " + item.productId()
                    + " is reserved: somebody changed inventory.stock by hand; correct it, then try again");
        }
    }
}
