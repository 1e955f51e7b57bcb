package dev.caravan.order;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import java.math.BigDecimal;
import java.util.List;

/**
 * An order that is checked and priced, and not recorded yet.
 *
 * @param cardToken what the payment gateway has given for the card; {@code null} in an order of an older version, whose
 *     message has the number of the card, which is not read
 * @param cardLast4 for people
 */
@JsonIgnoreProperties(ignoreUnknown = true)
public record PricedOrder(
        String orderId,
        String userId,
        List<OrderItem> items,
        BigDecimal total,
        String currency,
        String cardToken,
        String cardLast4,
        String country) {

    public PricedOrder {
        items = List.copyOf(items);
    }

    PricedOrder paidWith(String token) {
        return new PricedOrder(orderId, userId, items, total, currency, token, cardLast4, country);
    }

    @Override
    public String toString() {
        return "PricedOrder[orderId=" + orderId + ", userId=" + userId + ", items=" + items + ", total=" + total + " "
                + currency + ", country=" + country + "]";
    }
}
