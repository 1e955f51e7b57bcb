package dev.caravan.shipping;

import java.time.Clock;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.springframework.transaction.annotation.Transactional;

/**
 * Prepares parcels and calls them off. Each call is one transaction, the caller's if there is one. A call that was
 * already carried out changes nothing and answers the same.
 */
@Transactional
public class Shipping {

    /** No carrier goes there. */
    private static final Set<String> NOT_SHIPPABLE = Set.of("AQ");

    private final ShipmentRepository shipments;
    private final Clock clock;

    Shipping(ShipmentRepository shipments, Clock clock) {
        this.shipments = shipments;
        this.clock = clock;
    }

    /**
     * Prepares the parcel of an order.
     *
     * @throws NotShippableException nothing is prepared
     * @throws IllegalStateException the order's parcel was cancelled before
     */
    public ShippingResult prepare(PrepareShipping command) {
        if (NOT_SHIPPABLE.contains(command.country())) {
            throw new NotShippableException(
                    "Order " + command.orderId() + " cannot be shipped to " + command.country());
        }
        Optional<Shipment> existing = shipments.findByOrder(command.orderId());
        if (existing.isPresent()) {
            return again(existing.get());
        }
        Shipment shipment = Shipment.prepare(command, UUID.randomUUID(), clock.instant());
        shipments.insert(shipment);
        return ShippingResult.of(shipment, ShipmentStatus.PREPARED);
    }

    private static ShippingResult again(Shipment shipment) {
        if (shipment.status() == ShipmentStatus.CANCELLED) {
            throw new IllegalStateException("The shipment of order " + shipment.orderId()
                    + " is CANCELLED and cannot be prepared again; place a new order");
        }
        return ShippingResult.of(shipment, shipment.status());
    }

    /** Calls the parcel off, if there is one. */
    public ShippingResult cancel(CancelShipping command) {
        Optional<Shipment> shipment = shipments.findByOrder(command.orderId());
        shipment.ifPresent(found -> shipments.cancel(found.shipmentId(), clock.instant()));
        return shipment.map(found -> ShippingResult.of(found, ShipmentStatus.CANCELLED))
                .orElseGet(() -> new ShippingResult(null, null, command.orderId(), ShipmentStatus.CANCELLED));
    }
}
