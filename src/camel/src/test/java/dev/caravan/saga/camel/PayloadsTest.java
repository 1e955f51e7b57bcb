package dev.caravan.saga.camel;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.caravan.saga.SagaId;
import dev.caravan.saga.Step;
import dev.caravan.saga.message.MessageCodec;
import dev.caravan.saga.state.Correction;
import dev.caravan.saga.state.SagaEvent;
import dev.caravan.saga.state.SagaLogEntry;
import dev.caravan.saga.state.SagaState;
import dev.caravan.saga.state.StepCorrection;
import dev.caravan.saga.state.StepState;
import java.io.ByteArrayInputStream;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PayloadsTest {

    private final Payloads payloads = new Payloads(new MessageCodec().json());

    record Item(String productId, BigDecimal price) {}

    @Test
    void readsTextBytesAndStreamsAsJson() {
        String text = "{\"productId\":\"p-1\",\"price\":10.00}";

        JsonNode fromText = payloads.toJson(text);

        assertThat(fromText.get("price").decimalValue()).isEqualTo(new BigDecimal("10.00"));
        assertThat(payloads.toJson(text.getBytes(UTF_8))).isEqualTo(fromText);
        assertThat(payloads.toJson(new ByteArrayInputStream(text.getBytes(UTF_8))))
                .isEqualTo(fromText);
    }

    @ParameterizedTest
    @ValueSource(strings = {"hello", "12 monkeys", "true story", "007", "{} {}", "[1,2", "null and void", "1-2"})
    void keepsTextThatIsNoJson(String text) {
        assertThat(payloads.toJson(text)).isEqualTo(TextNode.valueOf(text));
    }

    @Test
    void isNothingWithoutABody() {
        assertThat(payloads.toJson(null)).isNull();
        assertThat(payloads.toJson("")).isNull();
        assertThat(payloads.fromJson(null)).isNull();
    }

    @Test
    void keepsWhatItWasWhenTheRouteChangesItsOwn() {
        JsonNode body = payloads.toJson("{\"productId\":\"p-1\"}");
        JsonNode kept = payloads.toJson(body);

        ((ObjectNode) body).put("productId", "p-2");

        assertThat(kept.get("productId").textValue()).isEqualTo("p-1");
    }

    @Test
    void writesMapsListsAndRecords() {
        JsonNode expected = payloads.toJson("{\"productId\":\"p-1\",\"price\":10.00}");

        assertThat(payloads.toJson(new Item("p-1", new BigDecimal("10.00")))).isEqualTo(expected);
        assertThat(payloads.toJson(Map.of("productId", "p-1", "price", new BigDecimal("10.00"))))
                .isEqualTo(expected);
        assertThat(payloads.toJson(List.of(1, "two")).toString()).isEqualTo("[1,\"two\"]");
        assertThat(payloads.toJson(IntNode.valueOf(7))).isEqualTo(IntNode.valueOf(7));
    }

    @Test
    void givesTheRouteAMapWithDecimals() {
        assertThat(payloads.fromJson(payloads.toJson("{\"price\":10.00,\"tags\":[\"a\"]}")))
                .isEqualTo(Map.of("price", new BigDecimal("10.00"), "tags", List.of("a")));
    }

    @Test
    void saysWhichBodyCannotBeWritten() {
        assertThatThrownBy(() -> payloads.toJson(new Object()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("A body of java.lang.Object cannot be written as JSON: ")
                .hasMessageEndingWith("Use a Map, a record, or JSON text");
    }

    @Test
    void sendsACallbackWhatAnOperatorCorrectedInPlaceOfResultsAndOptions() {
        Step pay = new Step("PAY", 1);
        SagaId saga = new SagaId("s-1");
        SagaState state = SagaState.initial(saga);
        for (SagaEvent event : List.of(
                new SagaEvent.Start("order", null, null, null, Map.of()),
                new SagaEvent.Enlist(pay, "direct:refund", null, Map.of("iban", "DE01", "orderId", "o-1")),
                new SagaEvent.Success(pay, "Pay", payloads.toJson("{\"paymentId\":\"p-1\",\"amount\":10.00}")),
                new SagaEvent.Fail(pay, "no"),
                new SagaEvent.StepCompensateFailed(pay, 1, "closed", null),
                new SagaEvent.CompensateFail(pay, "closed"),
                new StepCorrection(
                        pay, Map.of("iban", "DE02", "paymentId", "p-2", "note", "by hand"), "ann", "closed", null),
                new SagaEvent.Retry("bob", "seen", null, pay, 6L))) {
            state = state.apply(new SagaLogEntry(saga, state.nextSequence(), Instant.EPOCH, event));
        }

        StepState step = state.step(pay).orElseThrow();
        assertThat(payloads.callbackData(step))
                .isEqualTo(payloads.toJson("{\"paymentId\":\"p-2\",\"amount\":10.00,\"iban\":\"DE02\","
                        + "\"orderId\":\"o-1\",\"note\":\"by hand\"}"));
        assertThat(Correction.options(step)).isEqualTo(Map.of("iban", "DE02", "orderId", "o-1"));
    }
}
