package dev.caravan.saga.monitoring;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.caravan.saga.SagaId;
import dev.caravan.saga.SagaStatus;
import java.io.IOException;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The line of a saga that ended, as bytes. */
final class StoredLine {

    private static final JsonMapper JSON = JsonMapper.builder()
            .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .build();

    private StoredLine() {}

    static byte[] of(SagaSummary saga) {
        ObjectNode line = JSON.createObjectNode();
        line.put("id", saga.sagaId().value());
        line.put("name", saga.name());
        line.put("status", saga.status().name());
        put(line, "key", saga.key());
        put(line, "reason", saga.reason());
        line.put("started", saga.startedAt().toString());
        line.put("updated", saga.updatedAt().toString());
        if (!saga.attributes().isEmpty()) {
            ObjectNode attributes = line.putObject("attributes");
            saga.attributes().forEach((name, value) -> put(attributes, name, value));
        }
        put(line, "parent", saga.parent() == null ? null : saga.parent().value());
        put(line, "application", saga.application());
        put(line, "version", saga.version());
        put(line, "step", saga.cause().step());
        put(line, "code", saga.cause().code());
        line.put("positions", saga.positions().bytes());
        line.put("begin", saga.positions().begin());
        try {
            return JSON.writeValueAsBytes(line);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("The line of saga %s cannot be written".formatted(saga.sagaId()), e);
        }
    }

    private static void put(ObjectNode line, String field, @Nullable Object value) {
        if (value instanceof Boolean is) {
            line.put(field, is);
        } else if (value instanceof Number number) {
            line.put(field, SortableDecimal.exact(number));
        } else if (value != null) {
            line.put(field, value.toString());
        }
    }

    static SagaSummary read(byte[] bytes) throws IOException {
        JsonNode line = JSON.readTree(bytes);
        String parent = text(line, "parent");
        return new SagaSummary(
                new SagaId(text(line, "id")),
                text(line, "name"),
                SagaStatus.valueOf(text(line, "status")),
                text(line, "key"),
                text(line, "reason"),
                null,
                null,
                null,
                null,
                Instant.parse(text(line, "started")),
                Instant.parse(text(line, "updated")),
                attributes(line.path("attributes")),
                parent == null ? null : new SagaId(parent),
                text(line, "application"),
                text(line, "version"),
                new Cause(text(line, "step"), text(line, "code")),
                Positions.of(
                        line.path("positions").binaryValue(), line.path("begin").longValue()));
    }

    private static String text(JsonNode line, String field) {
        return line.path(field).textValue();
    }

    private static Map<String, Object> attributes(JsonNode line) {
        Map<String, Object> attributes = new LinkedHashMap<>();
        line.properties().forEach(attribute -> attributes.put(attribute.getKey(), value(attribute.getValue())));
        return attributes;
    }

    private static Object value(JsonNode value) {
        if (value.isBoolean()) {
            return value.booleanValue();
        }
        return value.isNumber() ? value.decimalValue() : value.textValue();
    }
}
