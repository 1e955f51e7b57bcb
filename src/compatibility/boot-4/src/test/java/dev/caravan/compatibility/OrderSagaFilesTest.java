package dev.caravan.compatibility;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.caravan.saga.test.SagaScenario;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The files of the order saga, read by the newer line and run by the test kit. */
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

    @TempDir
    Path directory;

    @Test
    void readsYamlAsItIs() {
        run(FILES.resolve("order-saga.camel.yaml"));
    }

    /** From Camel 4.19 on, compensation and completion are attributes of the block. */
    @Test
    void readsXmlWithAttributes() throws IOException {
        String old = Files.readString(FILES.resolve("order-saga.camel.xml"));
        String attributes = old.replaceAll(
                        "<saga propagation=\"MANDATORY\">\\s*<compensation uri=\"(\\S+)\"/>\\s*<completion uri=\"(\\S+)\"/>",
                        "<saga propagation=\"MANDATORY\" compensation=\"$1\" completion=\"$2\">")
                .replaceAll(
                        "<saga propagation=\"MANDATORY\">\\s*<compensation uri=\"(\\S+)\"/>",
                        "<saga propagation=\"MANDATORY\" compensation=\"$1\">");
        assertThat(attributes).doesNotContain("<compensation", "<completion").contains("compensation=", "completion=");

        run(Files.writeString(directory.resolve("order-saga.camel.xml"), attributes));
    }

    /** Not read in silence without its compensations. */
    @Test
    void refusesXmlWithElements() {
        assertThatThrownBy(() -> run(FILES.resolve("order-saga.camel.xml"))).hasMessageContaining("compensation");
    }

    private static void run(Path file) {
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
