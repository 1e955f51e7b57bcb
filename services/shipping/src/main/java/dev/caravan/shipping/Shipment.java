package dev.caravan.shipping;

import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.UUID;

/** The parcel of an order. */
record Shipment(
        String shipmentId,
        String trackingNumber,
        String orderId,
        String userId,
        String country,
        List<Item> items,
        ShipmentStatus status,
        Instant createdAt) {

    Shipment {
        items = List.copyOf(items);
    }

    static Shipment prepare(PrepareShipping command, UUID id, Instant now) {
        return new Shipment(
                id.toString(),
                "CV" + id.toString().replace("-", "").substring(0, 16).toUpperCase(Locale.ROOT),
                command.orderId(),
                command.userId(),
                command.country(),
                command.items(),
                ShipmentStatus.PREPARED,
                now);
    }
}
