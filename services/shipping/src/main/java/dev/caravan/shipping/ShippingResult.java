package dev.caravan.shipping;

/**
 * What the shipping service answers.
 *
 * @param shipmentId {@code null} if there was no shipment to cancel, as is the tracking number
 */
public record ShippingResult(String shipmentId, String trackingNumber, String orderId, ShipmentStatus status) {

    static ShippingResult of(Shipment shipment, ShipmentStatus status) {
        return new ShippingResult(shipment.shipmentId(), shipment.trackingNumber(), shipment.orderId(), status);
    }
}
