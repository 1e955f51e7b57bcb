package dev.caravan.saga.camel;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.caravan.saga.message.MessageCodec;
import java.io.ByteArrayInputStream;
import java.math.BigDecimal;
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
}
