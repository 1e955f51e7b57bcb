package dev.caravan.saga.state;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import dev.caravan.saga.SagaId;
import java.io.IOException;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Reads entries in the form in which {@link SagaLogCodec} writes them, field by field in this order and without a tree:
 * each entry is read at least twice, and a tree costs as much again. Whatever has another form, is malformed, or is of a
 * type that is not simply a record is left to the codec.
 */
final class StreamingEntryReader {

    private final ObjectMapper json;
    private final Map<String, ObjectReader> events = new HashMap<>();

    StreamingEntryReader(ObjectMapper json, Map<String, Class<? extends SagaEvent>> types) {
        this.json = json;
        types.forEach((type, event) -> {
            if (event != SagaEvent.Request.class) {
                events.put(type, json.readerFor(event).without(DeserializationFeature.FAIL_ON_TRAILING_TOKENS));
            }
        });
    }

    /** @return empty: the codec has to find out what it is */
    Optional<SagaLogEntry> read(byte[] value) {
        try (JsonParser parser = json.createParser(value)) {
            return read(parser);
        } catch (IOException | IllegalArgumentException | DateTimeParseException e) {
            return Optional.empty();
        }
    }

    private Optional<SagaLogEntry> read(JsonParser parser) throws IOException {
        boolean begins = parser.nextToken() == JsonToken.START_OBJECT;
        String sagaId = begins && "sagaId".equals(parser.nextFieldName()) ? parser.nextTextValue() : null;
        long sequence = sagaId != null && "sequence".equals(parser.nextFieldName()) ? parser.nextLongValue(-1) : -1;
        if (sagaId == null || sequence < 0) {
            return Optional.empty();
        }
        String name = parser.nextFieldName();
        int epoch = 0;
        if ("epoch".equals(name)) {
            epoch = parser.nextIntValue(0);
            name = parser.nextFieldName();
        }
        String timestamp = "timestamp".equals(name) ? parser.nextTextValue() : null;
        SagaEvent event = timestamp != null && "event".equals(parser.nextFieldName()) ? event(parser) : null;
        if (event == null || parser.nextToken() != JsonToken.END_OBJECT || parser.nextToken() != null) {
            return Optional.empty();
        }
        return Optional.of(new SagaLogEntry(new SagaId(sagaId), sequence, epoch, Instant.parse(timestamp), event));
    }

    /** @return {@code null}: not of the own form, or an event without fields */
    private @Nullable SagaEvent event(JsonParser parser) throws IOException {
        boolean begins = parser.nextToken() == JsonToken.START_OBJECT;
        String type = begins && "type".equals(parser.nextFieldName()) ? parser.nextTextValue() : null;
        ObjectReader fields = type == null ? null : events.get(type);
        return fields == null || parser.nextToken() != JsonToken.FIELD_NAME ? null : fields.readValue(parser);
    }
}
