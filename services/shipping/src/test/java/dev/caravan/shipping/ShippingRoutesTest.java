package dev.caravan.shipping;

import static org.assertj.core.api.Assertions.assertThat;

import dev.caravan.testing.ParticipantRoutes;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;

@SpringBootTest(
        classes = ShippingTestApplication.class,
        properties = "spring.datasource.url=jdbc:h2:mem:shipping-routes;MODE=PostgreSQL")
class ShippingRoutesTest {

    private static final Map<String, Object> DATA = Map.of(
            "orderId", "a",
            "userId", "ann",
            "items", List.of(Map.of("productId", "COFFEE", "quantity", 2, "unitPrice", 12.50)),
            "total", 25.00,
            "currency", "EUR",
            "card", "4242424242424242",
            "country", "DE");

    @Autowired
    Shipping shipping;

    @Test
    void handTheCommandsToTheBean() throws Exception {
        try (ParticipantRoutes routes = ParticipantRoutes.load(
                "caravan/participants/shipping-service.camel.xml", Map.of("shipping", shipping))) {
            assertThat(routes.send("shipping-service", "PrepareShipping", DATA))
                    .asString()
                    .contains("status=PREPARED");
            assertThat(routes.send("shipping-service", "CancelShipping", DATA))
                    .asString()
                    .contains("status=CANCELLED");
        }
    }
}
