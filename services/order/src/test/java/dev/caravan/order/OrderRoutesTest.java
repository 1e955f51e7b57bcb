package dev.caravan.order;

import static org.assertj.core.api.Assertions.assertThat;

import dev.caravan.testing.ParticipantRoutes;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;

@SpringBootTest(
        classes = OrderTestApplication.class,
        properties = "spring.datasource.url=jdbc:h2:mem:order-routes;MODE=PostgreSQL")
class OrderRoutesTest {

    private static final Map<String, Object> DATA = Map.of(
            "orderId", "a",
            "userId", "ann",
            "items", List.of(Map.of("productId", "COFFEE", "quantity", 2, "unitPrice", 12.50)),
            "total", 25.00,
            "currency", "EUR",
            "card", "4242424242424242",
            "country", "DE");

    @Autowired
    Orders orders;

    @Test
    void handTheCommandsToTheBean() throws Exception {
        try (ParticipantRoutes routes =
                ParticipantRoutes.load("caravan/participants/order-service.camel.xml", Map.of("orders", orders))) {
            assertThat(routes.send("order-service", "CreateOrder", DATA))
                    .hasToString("OrderResult[orderId=a, status=PENDING]");
            assertThat(routes.send("order-service", "ConfirmOrder", DATA))
                    .hasToString("OrderResult[orderId=a, status=CONFIRMED]");
        }
    }
}
