package dev.caravan.order;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import java.math.BigDecimal;

/** So many of a product, each at this price. */
@JsonIgnoreProperties(ignoreUnknown = true)
public record OrderItem(String productId, int quantity, BigDecimal unitPrice) {

    public OrderItem {
        if (unitPrice != null) {
            Money.bounded(unitPrice);
        }
    }
}
