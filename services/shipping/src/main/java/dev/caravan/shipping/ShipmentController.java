package dev.caravan.shipping;

import java.util.List;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** The parcels of an order. */
@RestController
class ShipmentController {

    private final ShipmentRepository shipments;

    ShipmentController(ShipmentRepository shipments) {
        this.shipments = shipments;
    }

    @GetMapping("/api/shipments")
    List<Shipment> shipments(@RequestParam String orderId) {
        return shipments.findByOrder(orderId).stream().toList();
    }
}
