package dev.caravan.saga.message;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import dev.caravan.saga.SagaId;
import dev.caravan.saga.Step;
import java.io.IOException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Commands and replies as JSON. Unknown fields are ignored; a missing or malformed one is a
 * {@link MalformedMessageException} whose text says which and what was expected. So is a key that is there twice, and a
 * number that is out of bounds: see {@link StrictJson}.
 */
public final class MessageCodec {

    private final ObjectMapper json = JsonMapper.builder(new StrictJson())
            .addModule(new JavaTimeModule())
            .addModule(new Jdk8Module())
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
            .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
            .build();

    private final @Nullable SensitiveFields sensitive;

    /** Payloads are as they are. */
    public MessageCodec() {
        this(null);
    }

    /** @param sensitive what is encrypted when it is written, and decrypted when it is read; {@code null}: nothing */
    public MessageCodec(@Nullable SensitiveFields sensitive) {
        this.sensitive = sensitive;
    }

    private @Nullable JsonNode sealed(@Nullable JsonNode payload) {
        return sensitive == null || payload == null ? payload : sensitive.seal(payload);
    }

    private @Nullable JsonNode opened(@Nullable JsonNode payload) {
        return sensitive == null || payload == null ? payload : sensitive.openAll(payload);
    }

    /** The mapper for payloads: decimals stay decimal, instants are ISO-8601 text. */
    public ObjectMapper json() {
        return json;
    }

    public byte[] encode(SagaCommand command) {
        ObjectNode node = json.createObjectNode();
        node.put("sagaId", command.sagaId().value());
        node.put("step", command.step().toString());
        node.put("service", command.service());
        node.put("command", command.command());
        if (command.data() != null) {
            node.set("data", sealed(command.data()));
        }
        return bytes(node);
    }

    public byte[] encode(SagaReply reply) {
        ObjectNode node = json.createObjectNode();
        node.put("sagaId", reply.sagaId().value());
        node.put("step", reply.step().toString());
        if (reply.command() != null) {
            node.put("command", reply.command());
        }
        node.put("status", reply.status().name());
        if (reply.result() != null) {
            node.set("result", sealed(reply.result()));
        }
        if (reply.error() != null) {
            node.put("error", reply.error());
        }
        if (reply.code() != null) {
            node.put("code", reply.code());
        }
        if (reply.outcome() != null) {
            node.put("outcome", reply.outcome().name());
        }
        return bytes(node);
    }

    public SagaCommand decodeCommand(byte @Nullable [] value, Phase phase) {
        JsonNode node = object(value);
        try {
            return new SagaCommand(
                    new SagaId(text(node, "sagaId")),
                    Step.parse(text(node, "step")),
                    text(node, "service"),
                    text(node, "command"),
                    opened(optional(node, "data")),
                    phase);
        } catch (IllegalArgumentException e) {
            throw new MalformedMessageException(e.getMessage(), e);
        }
    }

    public SagaReply decodeReply(byte @Nullable [] value) {
        JsonNode node = object(value);
        try {
            JsonNode error = optional(node, "error");
            return new SagaReply(
                    new SagaId(text(node, "sagaId")),
                    Step.parse(text(node, "step")),
                    optionalText(node, "command"),
                    constant(SagaReply.Status.class, node, "status"),
                    opened(optional(node, "result")),
                    error == null ? null : error.isTextual() ? error.textValue() : error.toString(),
                    optionalText(node, "code"),
                    optional(node, "outcome") == null ? null : constant(SagaReply.Outcome.class, node, "outcome"));
        } catch (IllegalArgumentException e) {
            throw new MalformedMessageException(e.getMessage(), e);
        }
    }

    private JsonNode object(byte @Nullable [] value) {
        if (value == null) {
            throw new MalformedMessageException("The record has no value. Expected a JSON object", null);
        }
        try {
            JsonNode node = json.readTree(value);
            if (!node.isObject()) {
                throw new MalformedMessageException("Expected a JSON object", null);
            }
            return node;
        } catch (IOException e) {
            throw new MalformedMessageException("Not JSON: " + e.getMessage(), e);
        }
    }

    private static String text(JsonNode node, String field) {
        String text = optionalText(node, field);
        if (text == null || text.isBlank()) {
            throw new MalformedMessageException("Field '%s' is missing. Expected text".formatted(field), null);
        }
        return text;
    }

    private static @Nullable String optionalText(JsonNode node, String field) {
        JsonNode value = optional(node, field);
        if (value != null && !value.isTextual()) {
            throw new MalformedMessageException(
                    "Field '%s' is %s. Expected text".formatted(field, value.getNodeType()), null);
        }
        return value == null ? null : value.textValue();
    }

    private static @Nullable JsonNode optional(JsonNode node, String field) {
        JsonNode value = node.get(field);
        return value == null || value.isNull() ? null : value;
    }

    private static <E extends Enum<E>> E constant(Class<E> type, JsonNode node, String field) {
        String text = text(node, field);
        try {
            return Enum.valueOf(type, text);
        } catch (IllegalArgumentException e) {
            throw new MalformedMessageException(
                    "Field '%s' is '%s'. Expected one of %s"
                            .formatted(field, text, Arrays.toString(type.getEnumConstants())),
                    e);
        }
    }

    private byte[] bytes(JsonNode node) {
        return bytes(json, node);
    }

    /**
     * Writes what can be read again.
     *
     * @throws IllegalArgumentException it has a field whose name ends or begins with half a character: JSON's readers refuse
     *     that, though not in a value
     */
    public static byte[] bytes(ObjectMapper json, JsonNode node) {
        try {
            return readable(json, json.writeValueAsBytes(node));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("A tree of JSON nodes could not be written", e);
        }
    }

    /**
     * What was written, if it can be read again.
     *
     * @throws IllegalArgumentException as {@link #bytes(ObjectMapper, JsonNode)} does
     */
    public static byte[] readable(ObjectMapper json, byte[] written) {
        if (mayHaveHalfACharacter(written)) {
            readAgain(json, written);
        }
        return written;
    }

    /** Half a character is written as an escape; a whole one is not. */
    private static boolean mayHaveHalfACharacter(byte[] bytes) {
        for (int i = 2; i < bytes.length; i++) {
            if (bytes[i] == 'D' && bytes[i - 1] == 'u' && bytes[i - 2] == '\\') {
                return true;
            }
        }
        return false;
    }

    private static void readAgain(ObjectMapper json, byte[] bytes) {
        try {
            json.readTree(bytes);
        } catch (IOException e) {
            throw new IllegalArgumentException(
                    "A field has a name that is no text, with half a character (an unpaired surrogate) in it: rename it",
                    e);
        }
    }
}
