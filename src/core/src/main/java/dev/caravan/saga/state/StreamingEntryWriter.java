package dev.caravan.saga.state;

import com.fasterxml.jackson.core.JsonEncoding;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.util.ByteArrayBuilder;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonSerializer;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.util.NameTransformer;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Writes entries without making a tree of their events first, which costs as much again; those that are records of their own. */
final class StreamingEntryWriter {

    private final ObjectMapper json;
    private final Map<Class<?>, JsonSerializer<Object>> fields = new ConcurrentHashMap<>();

    StreamingEntryWriter(ObjectMapper json) {
        this.json = json;
    }

    byte[] write(SagaLogEntry entry) {
        try (ByteArrayBuilder bytes = new ByteArrayBuilder()) {
            try (JsonGenerator to = json.getFactory().createGenerator(bytes, JsonEncoding.UTF8)) {
                write(entry, to);
            }
            return bytes.toByteArray();
        } catch (IOException e) {
            throw new IllegalStateException("An entry of saga %s could not be written".formatted(entry.sagaId()), e);
        }
    }

    private void write(SagaLogEntry entry, JsonGenerator to) throws IOException {
        SerializerProvider provider = json.getSerializerProviderInstance();
        to.writeStartObject();
        to.writeStringField("sagaId", entry.sagaId().value());
        to.writeNumberField("sequence", entry.sequence());
        if (entry.epoch() > 0) {
            to.writeNumberField("epoch", entry.epoch());
        }
        to.writeStringField("timestamp", entry.timestamp().toString());
        to.writeObjectFieldStart("event");
        to.writeStringField("type", entry.event().type());
        fields(entry.event().getClass(), provider).serialize(entry.event(), to, provider);
        to.writeEndObject();
        to.writeEndObject();
    }

    /** What writes an event's fields without the object around them. */
    private JsonSerializer<Object> fields(Class<?> event, SerializerProvider provider) throws JsonMappingException {
        JsonSerializer<Object> known = fields.get(event);
        if (known == null) {
            known = provider.findValueSerializer(event, null).unwrappingSerializer(NameTransformer.NOP);
            fields.put(event, known);
        }
        return known;
    }
}
