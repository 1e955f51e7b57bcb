package dev.caravan.saga.camel;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.caravan.saga.state.Correction;
import dev.caravan.saga.state.StepState;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Message bodies as JSON and back: a JSON object is a {@code Map} in a route, a decimal is a {@code BigDecimal}. */
final class Payloads {

    private final ObjectMapper json;

    Payloads(ObjectMapper json) {
        this.json = json;
    }

    /**
     * Text, bytes and streams are read as JSON; text that is no JSON stays text. Maps, lists, records and beans are
     * written by Jackson.
     */
    @Nullable
    JsonNode toJson(Object body) {
        try {
            if (body == null) {
                return null;
            } else if (body instanceof JsonNode node) {
                return node.deepCopy(); // a route may change its own, but not what is in the log
            } else if (body instanceof byte[] bytes) {
                return parse(new String(bytes, StandardCharsets.UTF_8));
            } else if (body instanceof InputStream stream) {
                return parse(new String(stream.readAllBytes(), StandardCharsets.UTF_8));
            } else if (body instanceof String text) {
                return parse(text);
            }
            return json.valueToTree(body);
        } catch (IOException | IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "A body of %s cannot be written as JSON: %s. Use a Map, a record, or JSON text"
                            .formatted(body.getClass().getName(), e.getMessage()),
                    e);
        }
    }

    private @Nullable JsonNode parse(String text) {
        try {
            JsonNode node = json.readTree(text);
            return node.isMissingNode() ? null : node;
        } catch (JsonProcessingException e) {
            return TextNode.valueOf(text);
        }
    }

    @Nullable
    Object fromJson(@Nullable JsonNode node) {
        try {
            return node == null ? null : json.treeToValue(node, Object.class);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("A tree of JSON nodes could not be read", e);
        }
    }

    /**
     * What a compensation or completion is sent: the fields of the step's results, and its options beside them; what an
     * operator corrected in place of either.
     */
    JsonNode callbackData(StepState step) {
        ObjectNode data = json.createObjectNode();
        step.results().forEach((command, result) -> {
            if (result instanceof ObjectNode object) {
                data.setAll(object);
            } else if (result != null && !result.isNull()) {
                data.set("result", result);
            }
        });
        step.enlistment().options().forEach((name, value) -> {
            if (!data.has(name)) {
                data.set(name, json.valueToTree(value));
            }
        });
        Correction.of(step).forEach((name, value) -> data.set(name, json.valueToTree(value)));
        return data;
    }
}
