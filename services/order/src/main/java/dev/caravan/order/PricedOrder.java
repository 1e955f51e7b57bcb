package dev.caravan.order;

import java.math.BigDecimal;
import java.util.List;

/**
 * An order that is checked and priced, and not recorded yet.
 *
 * @param card for the payment gateway; never to be stored by the order service or logged
 */
public record PricedOrder(
        String orderId,
        String userId,
        List<OrderItem> items,
        BigDecimal total,
        String currency,
        String card,
        String country) {

    public PricedOrder {
        items = List.copyOf(items);
    }

    @Override
    public String toString() {
        return "PricedOrder[orderId=" + orderId + ", userId=" + userId + ", items=" + items + ", total=" + total + " "
                + currency + ", country=" + country + "]";
    }
}
