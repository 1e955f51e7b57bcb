package dev.caravan.compatibility;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.camel.impl.DefaultCamelContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The files of the order saga as they are, run by the test kit. */
class OrderSagaFilesTest {

    @Test
    void areReadByThisLine() throws Exception {
        try (DefaultCamelContext camel = new DefaultCamelContext()) {
            assertThat(camel.getVersion()).startsWith("4.18.");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"xml", "yaml"})
    void completeAndCompensate(String notation) {
        OrderSagaFile.completesAndCompensates(OrderSagaFile.FILES.resolve("order-saga.camel." + notation));
    }
}
