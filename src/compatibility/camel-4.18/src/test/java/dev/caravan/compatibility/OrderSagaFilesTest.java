package dev.caravan.compatibility;

import static org.assertj.core.api.Assertions.assertThat;

import dev.caravan.saga.test.SagaScenario;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.camel.impl.DefaultCamelContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The files of the order saga as they are, run by the test kit. */
class OrderSagaFilesTest {

    private static final Path FILES = Path.of("..", "..", "..", "routes", "orchestration");
    private static final Map<String, Object> ORDER = Map.of(
            "orderId",
            "1",
            "userId",
            "ann",
            "items",
            List.of(),
            "total",
            10,
            "currency",
            "EUR",
            "cardToken",
            "tok",
            "cardLast4",
            "4242",
            "country",
            "KR");

    @Test
    void areReadByThisLine() throws Exception {
        try (DefaultCamelContext camel = new DefaultCamelContext()) {
            assertThat(camel.getVersion()).startsWith("4.18.");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"xml", "yaml"})
    void completeAndCompensate(String notation) {
        String file = "file:" + FILES.resolve("order-saga.camel." + notation);
        try (SagaScenario saga = SagaScenario.ofFiles(file)) {
            saga.start("direct:order-saga", ORDER);
            saga.expect().completed().actions("CreateOrder", "ProcessPayment", "ReserveInventory", "PrepareShipping");
        }
        try (SagaScenario saga = SagaScenario.ofFiles(file)) {
            saga.given("PrepareShipping").isRejected();
            saga.start("direct:order-saga", ORDER);
            saga.expect().compensated().compensations("ReleaseInventory", "RefundPayment", "CancelOrder");
        }
    }
}
