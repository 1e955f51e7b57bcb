package dev.caravan.inventory;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;

/** Some pieces of a product. */
@JsonIgnoreProperties(ignoreUnknown = true)
public record Item(String productId, long quantity) {

    public Item {
        if (productId == null || productId.isBlank()) {
            throw new IllegalArgumentException("An item needs a productId");
        }
        if (quantity <= 0) {
            throw new IllegalArgumentException("The quantity of " + productId + " must be positive, not " + quantity);
        }
    }
}
