package dev.caravan.order;

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
                .query(Product.class)
                .list()
                .stream()
                .collect(Collectors.toMap(Product::productId, Function.identity()));
    }
}
