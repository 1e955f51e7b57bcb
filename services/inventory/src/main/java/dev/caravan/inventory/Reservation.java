package dev.caravan.inventory;

import java.util.List;

/** The items of an order and what has become of them. */
public record Reservation(String orderId, List<Item> items, ReservationStatus status) {

    public Reservation {
        items = List.copyOf(items);
    }
}
