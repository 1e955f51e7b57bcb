package dev.caravan.order;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import java.math.BigDecimal;
import java.util.List;

/** Asks to record an order. The card number that the message carries for the payment is not even read. */
@JsonIgnoreProperties(ignoreUnknown = true)
public record CreateOrder(
        String orderId, String userId, List<OrderItem> items, BigDecimal total, String currency, String country) {

    public CreateOrder {
        if (orderId == null || userId == null || total == null || currency == null || country == null) {
            throw new IllegalArgumentException(
                    "CreateOrder needs an orderId, a userId, a total, a currency and a country");
        }
        if (items == null || items.isEmpty()) {
            throw new IllegalArgumentException("CreateOrder of " + orderId + " needs at least one item");
        }
        items = List.copyOf(items);
    }

    Money money() {
        return new Money(total, currency);
    }
}
