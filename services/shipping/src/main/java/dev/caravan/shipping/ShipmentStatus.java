package dev.caravan.shipping;

/** What has become of a shipment. */
public enum ShipmentStatus {
    /** Packed and labelled. */
    PREPARED,
    /** Unpacked again: it will not leave. */
    CANCELLED
}
