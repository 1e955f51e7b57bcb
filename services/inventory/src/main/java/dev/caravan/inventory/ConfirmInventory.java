package dev.caravan.inventory;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;

/** Takes the reserved items of an order out for good. */
@JsonIgnoreProperties(ignoreUnknown = true)
public record ConfirmInventory(String orderId) {

    public ConfirmInventory {
        if (orderId == null) {
            throw new IllegalArgumentException("ConfirmInventory needs an orderId");
        }
    }
}
