package dev.caravan.shipping;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;

/** Calls the parcel of an order off. */
@JsonIgnoreProperties(ignoreUnknown = true)
public record CancelShipping(String orderId) {

    public CancelShipping {
        if (orderId == null) {
            throw new IllegalArgumentException("CancelShipping needs an orderId");
        }
    }
}
