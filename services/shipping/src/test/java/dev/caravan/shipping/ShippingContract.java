package dev.caravan.shipping;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.jdbc.core.simple.JdbcClient;

/** What holds on every database. */
@SpringBootTest(classes = ShippingTestApplication.class)
abstract class ShippingContract {

    @Autowired
    Shipping shipping;

    @Autowired
    ShipmentRepository shipments;

    @Autowired
    JdbcClient jdbc;

    @Autowired
    ObjectMapper json;

    @BeforeEach
    void forgetEveryShipment() {
        jdbc.sql("delete from shipping.shipment_items").update();
        jdbc.sql("delete from shipping.shipments").update();
    }

    @Test
    void preparesTheParcelOfAnOrder() {
        ShippingResult result = shipping.prepare(order("a", "DE"));

        assertThat(result.status()).isEqualTo(ShipmentStatus.PREPARED);
        assertThat(result.trackingNumber()).matches("CV[0-9A-F]{16}");
        Shipment shipment = shipments.findByOrder("a").orElseThrow();
        assertThat(shipment.shipmentId()).isEqualTo(result.shipmentId());
        assertThat(shipment.items()).containsExactly(new Item("GRINDER", 1), new Item("COFFEE", 2));
        assertThat(shipment.country()).isEqualTo("DE");
    }

    @Test
    void preparesOneParcelHoweverOftenItIsAsked() {
        assertThat(shipping.prepare(order("a", "DE"))).isEqualTo(shipping.prepare(order("a", "DE")));
    }

    @Test
    void rejectsACountryNobodyShipsTo() {
        assertThatThrownBy(() -> shipping.prepare(order("a", "AQ")))
                .isInstanceOf(NotShippableException.class)
                .hasMessage("Order a cannot be shipped to AQ");
        assertThat(shipments.findByOrder("a")).isEmpty();
    }

    @Test
    void cancelsAParcelAndPreparesNoneForThatOrderAgain() {
        ShippingResult prepared = shipping.prepare(order("a", "DE"));

        ShippingResult cancelled = shipping.cancel(new CancelShipping("a"));
        assertThat(cancelled)
                .isEqualTo(new ShippingResult(
                        prepared.shipmentId(), prepared.trackingNumber(), "a", ShipmentStatus.CANCELLED));
        assertThat(shipping.cancel(new CancelShipping("a"))).isEqualTo(cancelled);
        assertThatThrownBy(() -> shipping.prepare(order("a", "DE")))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("order a is CANCELLED");
    }

    @Test
    void cancelsNothingForAnOrderWithoutAParcel() {
        assertThat(shipping.cancel(new CancelShipping("unheard-of")))
                .isEqualTo(new ShippingResult(null, null, "unheard-of", ShipmentStatus.CANCELLED));
    }

    @Test
    void understandsACommandWithMoreThanItNeeds() {
        PrepareShipping command = json.convertValue(
                Map.of(
                        "orderId", "a",
                        "userId", "ann",
                        "country", "DE",
                        "card", "4242424242424242",
                        "items", List.of(Map.of("productId", "COFFEE", "quantity", 3, "unitPrice", 12.50))),
                PrepareShipping.class);

        assertThat(command.items()).containsExactly(new Item("COFFEE", 3));
    }

    private static PrepareShipping order(String orderId, String country) {
        return new PrepareShipping(orderId, "ann", country, List.of(new Item("GRINDER", 1), new Item("COFFEE", 2)));
    }
}
