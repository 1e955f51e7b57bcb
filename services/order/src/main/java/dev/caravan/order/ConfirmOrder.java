package dev.caravan.order;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;

/** Asks to make a pending order final. */
@JsonIgnoreProperties(ignoreUnknown = true)
public record ConfirmOrder(String orderId) {

    public ConfirmOrder {
        if (orderId == null) {
            throw new IllegalArgumentException("ConfirmOrder needs an orderId");
        }
    }
}
