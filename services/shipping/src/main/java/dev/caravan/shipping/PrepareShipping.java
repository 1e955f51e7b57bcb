package dev.caravan.shipping;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import java.util.List;

/** Asks for the parcel of an order. */
@JsonIgnoreProperties(ignoreUnknown = true)
public record PrepareShipping(String orderId, String userId, String country, List<Item> items) {

    public PrepareShipping {
        if (orderId == null || userId == null || country == null || items == null || items.isEmpty()) {
            throw new IllegalArgumentException(
                    "PrepareShipping needs an orderId, a userId, a country and at least one item");
        }
        items = List.copyOf(items);
    }
}
