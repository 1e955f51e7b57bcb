package dev.caravan.order;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.springframework.jdbc.core.simple.JdbcClient;

/** The products that can be ordered. */
class ProductRepository {

    private final JdbcClient jdbc;

    ProductRepository(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** @return the known ones, by product id */
    Map<String, Product> find(Collection<String> productIds) {
        if (productIds.isEmpty()) {
            return Map.of();
        }
        return jdbc
                .sql("select product_id, unit_price, currency from orders.products where product_id in (:productIds)")
                .param("productIds", productIds)
                .query((row, number) -> product(row))
                .list()
                .stream()
                .collect(Collectors.toMap(Product::productId, Function.identity()));
    }

    private static Product product(ResultSet row) throws SQLException {
        return new Product(row.getString("product_id"), row.getBigDecimal("unit_price"), row.getString("currency"));
    }
}
