package dev.caravan.benchmark;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;

/** What a saga is about: as large as an order of the shop. */
final class Order {

    private static final String NO_CARRIER_GOES_THERE = "AQ";

    private Order() {}

    static Map<String, Object> of(String id, boolean rejected) {
        return Map.of(
                "orderId",
                id,
                "userId",
                "ann",
                "items",
                List.of(Map.of("productId", "COFFEE", "quantity", 3)),
                "total",
                new BigDecimal("37.50"),
                "currency",
                "EUR",
                "cardToken",
                "tok_good_4242_00000000000000000000000000000000",
                "country",
                country(rejected));
    }

    /** Where it is shipped to. */
    static String country(boolean rejected) {
        return rejected ? NO_CARRIER_GOES_THERE : "KR";
    }

    /** Whether its last step is rejected. */
    static boolean isRejected(Map<?, ?> order) {
        return NO_CARRIER_GOES_THERE.equals(order.get("country"));
    }

    static boolean isRejected(JsonNode order) {
        return NO_CARRIER_GOES_THERE.equals(order.path("country").textValue());
    }
}
