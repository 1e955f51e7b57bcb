package dev.caravan.inventory;

import static org.assertj.core.api.Assertions.assertThat;

import dev.caravan.testing.ParticipantRoutes;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;

@SpringBootTest(
        classes = InventoryTestApplication.class,
        properties = "spring.datasource.url=jdbc:h2:mem:inventory-routes;MODE=PostgreSQL")
class InventoryRoutesTest {

    private static final Map<String, Object> DATA = Map.of(
            "orderId", "a",
            "userId", "ann",
            "items", List.of(Map.of("productId", "COFFEE", "quantity", 2, "unitPrice", 12.50)),
            "total", 25.00,
            "currency", "EUR",
            "card", "4242424242424242",
            "country", "DE");

    @Autowired
    Inventory inventory;

    @Test
    void handTheCommandsToTheBean() throws Exception {
        try (ParticipantRoutes routes = ParticipantRoutes.load(
                "caravan/participants/inventory-service.camel.xml", Map.of("inventory", inventory))) {
            assertThat(routes.send("inventory-service", "ReserveInventory", DATA))
                    .asString()
                    .contains("status=RESERVED");
            assertThat(routes.send("inventory-service", "ReleaseInventory", DATA))
                    .asString()
                    .contains("status=RELEASED");
        }
    }
}
