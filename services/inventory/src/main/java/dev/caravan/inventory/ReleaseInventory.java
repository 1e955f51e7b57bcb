package dev.caravan.inventory;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;

/** Gives the items of an order back. */
@JsonIgnoreProperties(ignoreUnknown = true)
public record ReleaseInventory(String orderId) {

    public ReleaseInventory {
        if (orderId == null) {
            throw new IllegalArgumentException("ReleaseInventory needs an orderId");
        }
    }
}
