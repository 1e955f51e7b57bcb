package dev.caravan.compatibility;

import dev.caravan.saga.test.SagaScenario;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** A file with the order saga, run by the test kit. */
public final class OrderSagaFile {

    /** Where those of the repository are, seen from a module. */
    public static final Path FILES = Path.of("..", "..", "..", "routes", "orchestration");

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

    private OrderSagaFile() {}

    /** One order to its end, and one that is undone. */
    public static void completesAndCompensates(Path file) {
        try (SagaScenario saga = SagaScenario.ofFiles("file:" + file)) {
            saga.start("direct:order-saga", ORDER);
            saga.expect().completed().actions("CreateOrder", "ProcessPayment", "ReserveInventory", "PrepareShipping");
        }
        try (SagaScenario saga = SagaScenario.ofFiles("file:" + file)) {
            saga.given("PrepareShipping").isRejected();
            saga.start("direct:order-saga", ORDER);
            saga.expect().compensated().compensations("ReleaseInventory", "RefundPayment", "CancelOrder");
        }
    }
}
