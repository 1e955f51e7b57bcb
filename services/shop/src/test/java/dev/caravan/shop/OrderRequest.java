package dev.caravan.shop;

import java.util.List;
import java.util.Map;

/** The JSON of an order. A failure is asked for by what it holds. */
public record OrderRequest(String userId, List<Map<String, Object>> items, String card, String country) {

    public static final String GOOD_CARD = "4242424242424242";
    public static final String DECLINED_CARD = "4000000000000002";
    public static final String FLAKY_CARD = "4000000000000119";
    public static final String SILENT_CARD = "4000000000000259";

    public static OrderRequest of(String productId, int quantity) {
        return new OrderRequest("ann", List.of(Map.of("productId", productId, "quantity", quantity)), GOOD_CARD, "KR");
    }

    public OrderRequest paidWith(String number) {
        return new OrderRequest(userId, items, number, country);
    }

    public OrderRequest shippedTo(String code) {
        return new OrderRequest(userId, items, card, code);
    }
}
