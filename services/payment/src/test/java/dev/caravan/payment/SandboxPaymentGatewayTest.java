package dev.caravan.payment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.math.BigDecimal;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.web.client.TestRestTemplate;
import org.springframework.http.MediaType;
import org.springframework.http.RequestEntity;
import org.springframework.test.annotation.DirtiesContext;

/** The whole way of a payment over HTTP. */
@SpringBootTest(
        classes = PaymentTestApplication.class,
        webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
        properties = {
            "spring.datasource.url=jdbc:h2:mem:sandbox;MODE=PostgreSQL",
            "spring.mvc.problemdetails.enabled=true",
            "caravan.payment.gateway.sandbox=true",
            "caravan.http.strict-json=true",
            "caravan.payment.gateway.timeout=500ms"
        })
@DirtiesContext
class SandboxPaymentGatewayTest {

    private static final String GOOD = "4242424242424242";
    private static final String DECLINED = "4000000000000002";
    private static final String FLAKY = "4000000000000119";
    private static final String SILENT = "4000000000000259";

    @Autowired
    Payments payments;

    @Autowired
    PaymentGateway gateway;

    @Autowired
    SandboxSilence silence;

    @Autowired
    ObjectMapper json;

    @Autowired
    TestRestTemplate http;

    @Test
    void chargesAGoodCardAndReturnsTheMoney() {
        PaymentResult result = payments.process(order("good", GOOD), "payment-good");

        assertThat(result.status()).isEqualTo(PaymentStatus.COMPLETED);
        assertThat(payments.refund(new RefundPayment("good", null)).status()).isEqualTo(PaymentStatus.REFUNDED);
    }

    @Test
    void chargesAKeyOnce() {
        Charge charge = new Charge("once", money(), gateway.tokenOf(GOOD));

        assertThat(gateway.charge(charge)).isNotBlank().isEqualTo(gateway.charge(charge));
    }

    @Test
    void declinesTheCardThatIsToBeDeclined() {
        assertThatThrownBy(() -> payments.process(order("declined", DECLINED), "payment-declined"))
                .isInstanceOf(CardDeclinedException.class)
                .hasMessageContaining("The card ending in 0002 is declined for order declined");
        assertThat(gateway.refund("payment-declined")).isEqualTo(PaymentGateway.Refund.NOTHING_CHARGED);
    }

    @Test
    void isUnavailableTwiceForTheFlakyCard() {
        ProcessPayment order = order("flaky", FLAKY);

        assertThatThrownBy(() -> payments.process(order, "payment-flaky"))
                .isInstanceOf(GatewayUnavailableException.class);
        assertThatThrownBy(() -> payments.process(order, "payment-flaky"))
                .isInstanceOf(GatewayUnavailableException.class);
        assertThat(payments.process(order, "payment-flaky").status()).isEqualTo(PaymentStatus.COMPLETED);
    }

    @Test
    void neverAnswersTheSilentCardAndTakesNothing() {
        assertThatThrownBy(() -> payments.process(order("silent", SILENT), "payment-silent"))
                .isInstanceOf(GatewayTimeoutException.class)
                .hasMessageContaining("charges of payment-silent got no answer within PT0.5S");

        assertThat(payments.refund(new RefundPayment("silent", null)).status()).isEqualTo(PaymentStatus.CANCELLED);
        silence.stop();
        await().untilAsserted(() -> assertThat(silence.size()).isZero());
    }

    @Test
    void refusesAChargeUnderAKeyThatWasRefundedBefore() {
        assertThat(gateway.refund("barred")).isEqualTo(PaymentGateway.Refund.NOTHING_CHARGED);
        assertThat(gateway.refund("barred")).isEqualTo(PaymentGateway.Refund.NOTHING_CHARGED);

        assertThatThrownBy(() -> gateway.charge(new Charge("barred", money(), gateway.tokenOf(GOOD))))
                .isInstanceOf(ChargeBarredException.class);
    }

    @Test
    void isUnavailableWhenNobodyListens() throws IOException {
        int port;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = socket.getLocalPort();
        }
        PaymentGateway nobody =
                new HttpPaymentGateway(new GatewayAddress("http://127.0.0.1:" + port), Duration.ofSeconds(5), json);

        assertThatThrownBy(() -> nobody.refund("a"))
                .isInstanceOf(GatewayUnavailableException.class)
                .hasMessageContaining("cannot be reached");
    }

    @Test
    void isUnavailableUntilItsServerIsUp() {
        PaymentGateway early = new HttpPaymentGateway(new GatewayAddress(""), Duration.ofSeconds(5), json);

        assertThatThrownBy(() -> early.refund("a")).isInstanceOf(GatewayUnavailableException.class);
    }

    @Test
    void chargesTheCardOfACommandOfAnOlderVersion() {
        ProcessPayment old = new ProcessPayment("old", new BigDecimal("101.50"), "EUR", null, null, GOOD);

        assertThat(payments.process(old, "payment-old").status()).isEqualTo(PaymentStatus.COMPLETED);
        assertThat(http.getForObject("/api/payments?orderId=old", String.class)).contains("\"cardLast4\":\"4242\"");
    }

    @ParameterizedTest
    @ValueSource(strings = {"{}", "{\"card\":\"4242 4242\"}", "{\"card\":\"123\"}", "{\"card\":null}"})
    void givesNoTokenForWhatIsNoCard(String body) {
        var answer = http.exchange(
                RequestEntity.post("/sandbox/gateway/tokens")
                        .contentType(MediaType.APPLICATION_JSON)
                        .body(body),
                String.class);
        assertThat(answer.getStatusCode().value()).isEqualTo(400);
    }

    @Test
    void takesTheNumberOfACardFromAClientThatHasNoToken() {
        var answer = http.exchange(
                RequestEntity.post("/sandbox/gateway/charges")
                        .header("Idempotency-Key", "by-number")
                        .contentType(MediaType.APPLICATION_JSON)
                        .body("{\"amount\":1,\"currency\":\"EUR\",\"card\":\"4000000000000002\"}"),
                String.class);
        assertThat(answer.getStatusCode().value()).isEqualTo(402);
    }

    @Test
    void refusesAChargeWithoutACard() {
        assertThat(charge("no-card", "{\"amount\":1,\"currency\":\"EUR\"}")).isEqualTo(400);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"amount\":1e200000000,\"currency\":\"EUR\",\"card\":\"4242424242424242\"}",
                "{\"amount\":\"1e200000000\",\"currency\":\"EUR\",\"card\":\"4242424242424242\"}",
                "{\"amount\":1e-200000000,\"currency\":\"EUR\",\"card\":\"4242424242424242\"}",
                "{\"amount\":1,\"amount\":2,\"currency\":\"EUR\",\"card\":\"4242424242424242\"}"
            })
    void refusesAChargeThatIsLongToComputeWithOrSaysTwoThings(String body) {
        assertThat(charge("attack", body)).isEqualTo(400);
    }

    @Test
    void refusesAKeyThatNoTableHolds() {
        String body = "{\"amount\":1,\"currency\":\"EUR\",\"card\":\"4242424242424242\"}";

        assertThat(charge("k".repeat(129), body)).isEqualTo(400);
        assertThat(charge("k".repeat(128), body)).isEqualTo(200);
    }

    private int charge(String key, String body) {
        return http.exchange(
                        RequestEntity.post("/sandbox/gateway/charges")
                                .header("Idempotency-Key", key)
                                .contentType(MediaType.APPLICATION_JSON)
                                .body(body),
                        String.class)
                .getStatusCode()
                .value();
    }

    @Test
    void showsThePaymentsOfAnOrder() throws Exception {
        payments.process(order("shown", GOOD), "payment-shown");

        String answer = http.getForObject("/api/payments?orderId=shown", String.class);
        var payment = json.readTree(answer).path(0);
        assertThat(answer).contains("\"amount\":101.50").doesNotContain(GOOD);
        assertThat(payment.path("status").asText()).isEqualTo("COMPLETED");
        assertThat(payment.path("cardLast4").asText()).isEqualTo("4242");
        assertThat(http.getForObject("/api/payments?orderId=unheard-of", String.class))
                .isEqualTo("[]");
        assertThat(http.getForEntity("/api/payments", String.class).getHeaders().getContentType())
                .isEqualTo(MediaType.APPLICATION_PROBLEM_JSON);
    }

    private ProcessPayment order(String orderId, String card) {
        return new ProcessPayment(
                orderId, new BigDecimal("101.50"), "EUR", gateway.tokenOf(card), card.substring(12), null);
    }

    private static Money money() {
        return new Money(new BigDecimal("101.50"), "EUR");
    }
}
