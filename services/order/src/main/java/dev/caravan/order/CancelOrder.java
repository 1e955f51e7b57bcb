package dev.caravan.order;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;

/** Asks to call a pending order off. */
@JsonIgnoreProperties(ignoreUnknown = true)
public record CancelOrder(String orderId) {

    public CancelOrder {
        if (orderId == null) {
            throw new IllegalArgumentException("CancelOrder needs an orderId");
        }
    }
}
