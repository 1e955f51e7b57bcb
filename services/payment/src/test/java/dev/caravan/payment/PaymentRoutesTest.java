package dev.caravan.payment;

import static org.assertj.core.api.Assertions.assertThat;

import dev.caravan.testing.ParticipantRoutes;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.core.io.ClassPathResource;

@SpringBootTest(
        classes = {PaymentTestApplication.class, FakeGateway.class},
        properties = "spring.datasource.url=jdbc:h2:mem:payment-routes;MODE=PostgreSQL")
class PaymentRoutesTest {

    private static final Map<String, Object> DATA = Map.of(
            "orderId", "a",
            "userId", "ann",
            "items", List.of(Map.of("productId", "COFFEE", "quantity", 2, "unitPrice", 12.50)),
            "total", 25.00,
            "currency", "EUR",
            "cardToken", "token-1",
            "country", "DE");

    @Autowired
    Payments payments;

    @Autowired
    FakeGateway gateway;

    @Test
    void handTheCommandsToTheBeanAndTryAgainWhenTheGatewayIsUnavailable() throws Exception {
        gateway.beforeTheNextCharge(PaymentRoutesTest::unavailable).beforeTheNextCharge(PaymentRoutesTest::unavailable);
        try (ParticipantRoutes routes = ParticipantRoutes.load(
                "caravan/participants/payment-service.camel.xml", Map.of("payments", payments))) {
            assertThat(routes.send("payment-service", "ProcessPayment", DATA))
                    .asString()
                    .contains("amount=25.00, currency=EUR, status=COMPLETED");
            assertThat(gateway.charges)
                    .extracting(Charge::idempotencyKey)
                    .containsOnly("saga-1/STEP")
                    .hasSize(3);
            assertThat(routes.send("payment-service", "RefundPayment", DATA))
                    .asString()
                    .contains("status=REFUNDED");
        }
    }

    @Test
    void areAtWorkForNoLongerThanACompensationWaits() throws IOException {
        String routes = new ClassPathResource("caravan/participants/payment-service.camel.xml")
                .getContentAsString(StandardCharsets.UTF_8);

        assertThat(routes.split("maximumRedeliveries=\"" + (PaymentServiceConfiguration.GATEWAY_CALLS - 1) + "\""))
                .hasSize(3);
        assertThat(PaymentServiceConfiguration.longest(Duration.ofSeconds(15))).isEqualTo(Duration.ofMinutes(2));
        assertThat(PaymentServiceConfiguration.longest(Duration.ofSeconds(60))).isEqualTo(Duration.ofSeconds(390));
    }

    private static void unavailable() {
        throw new GatewayUnavailableException("503", null);
    }
}
