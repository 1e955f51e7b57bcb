package dev.caravan.saga.camel;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.caravan.saga.message.MessageCodec;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.StreamCache;
import org.apache.camel.WrappedFile;
import org.apache.camel.converter.stream.InputStreamCache;
import org.jspecify.annotations.Nullable;

/**
 * Values of a message as JSON for the saga log, and back as what they were. JSON tells text, whole numbers, booleans, maps
 * and lists; of any other value, its <em>kind</em> is noted beside, under the JSON pointer of its place.
 *
 * <p>Text and bytes may be written as the JSON that they are, for readers of the log, if exactly they come out of it again.
 */
final class KeptValues {

    private static final String TEXT = "text";
    private static final String BYTES = "bytes";
    private static final String STREAM = "stream";
    private static final String BASE64 = "-base64";
    private static final String JSON_NODE = "json";
    private static final String SET = "set";
    private static final String TEXTS = "texts";
    private static final String CLASS = "class:";

    private static final ObjectMapper JSON = new MessageCodec().json();
    private static final ObjectMapper LENIENT = JSON.copy().disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES);

    private final Supplier<KeptTypes> types;
    private final Map<String, String> kinds;

    /** @param kinds where kinds are noted, or read */
    KeptValues(CamelContext context, Map<String, String> kinds) {
        this.types = () -> new KeptTypes(context);
        this.kinds = kinds;
    }

    /** Where a value stands in a message, and the JSON pointer of it. */
    record Place(String what, String pointer) {

        Place in(Object key) {
            return new Place(
                    what, pointer + "/" + key.toString().replace("~", "~0").replace("/", "~1"));
        }
    }

    /** @throws NotKeptException it would not come back as it is */
    Object write(Place place, Object value) {
        if (value == null || value instanceof String || value instanceof Integer || value instanceof Boolean) {
            return value;
        } else if (value instanceof Map<?, ?> map) {
            return writeMap(place, map);
        } else if (value instanceof Collection<?> collection) {
            return writeAll(place, collection);
        } else if (value instanceof byte[] bytes) {
            return writeBytes(place, BYTES, bytes);
        } else if (value instanceof StreamCache cache) {
            return writeBytes(place, STREAM, bytesOf(place, cache));
        } else if (value instanceof JsonNode node) {
            kinds.put(place.pointer(), JSON_NODE);
            return natural(node);
        } else if (value instanceof String[] texts) {
            kinds.put(place.pointer(), TEXTS);
            return Arrays.asList(texts);
        }
        if (value instanceof BigDecimal decimal && decimal.scale() > 0) {
            return value; // what has a point is read as a decimal
        }
        Optional<ScalarKinds.Kind> scalar = ScalarKinds.of(value);
        if (scalar.isPresent()) {
            kinds.put(place.pointer(), scalar.get().name());
            return scalar.get().write().apply(value);
        }
        return writeObject(place, value);
    }

    private Object writeMap(Place place, Map<?, ?> map) {
        Map<String, Object> written = new LinkedHashMap<>();
        map.forEach((key, value) -> {
            if (!(key instanceof String)) {
                throw new NotKeptException(place.what(), "a map with keys that are no text", "use text as keys");
            }
            written.put((String) key, write(place.in(key), value));
        });
        return written;
    }

    private Object writeAll(Place place, Collection<?> values) {
        List<Object> written = new ArrayList<>();
        for (Object value : values) {
            written.add(write(place.in(written.size()), value));
        }
        if (values instanceof Set) {
            kinds.put(place.pointer(), SET);
        }
        return written;
    }

    private Object writeBytes(Place place, String kind, byte[] bytes) {
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
            kinds.put(place.pointer(), kind);
            return text;
        } catch (CharacterCodingException e) {
            kinds.put(place.pointer(), kind + BASE64);
            return Base64.getEncoder().encodeToString(bytes);
        }
    }

    private static byte[] bytesOf(Place place, StreamCache cache) {
        try {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            cache.reset();
            cache.writeTo(bytes);
            cache.reset();
            return bytes.toByteArray();
        } catch (IOException e) {
            throw new NotKeptException(place.what(), "a stream that cannot be read: " + e.getMessage(), "try again");
        }
    }

    /** An object of the application: kept if it may be read again, and is the same then. */
    private Object writeObject(Place place, Object value) {
        Class<?> type = value instanceof Enum<?> constant ? constant.getDeclaringClass() : value.getClass();
        if (!types.get().allows(type.getName())) {
            throw new NotKeptException(
                    place.what(),
                    "a " + type.getName(),
                    "name the class or its package in %s, turn it into a map or text, or remove it before <saga>"
                            .formatted(KeptTypes.SETTING));
        }
        try {
            JsonNode tree = LENIENT.valueToTree(value);
            JsonNode again = LENIENT.valueToTree(LENIENT.treeToValue(tree, type));
            if (!tree.equals(again)) {
                throw new NotKeptException(
                        place.what(),
                        "a %s that Jackson does not read as it wrote it".formatted(type.getName()),
                        "make all that it consists of readable and writable for Jackson");
            }
            kinds.put(place.pointer(), CLASS + type.getName());
            return natural(tree);
        } catch (JsonProcessingException | IllegalArgumentException e) {
            throw new NotKeptException(
                    place.what(),
                    "a %s that Jackson cannot write and read: %s".formatted(type.getName(), e.getMessage()),
                    "make it readable and writable for Jackson, or turn it into a map or text");
        }
    }

    private static Object natural(JsonNode node) {
        try {
            return JSON.treeToValue(node, Object.class);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("A tree of JSON nodes could not be read", e);
        }
    }

    /** Replaces a body that is a file, or can be read only once, by its content. */
    static void makeReadable(Exchange exchange) {
        Object body = exchange.getIn().getBody();
        if (body instanceof InputStream && !(body instanceof StreamCache)
                || body instanceof File
                || body instanceof WrappedFile) {
            byte[] bytes = exchange.getIn().getBody(byte[].class);
            exchange.getIn().setBody(new InputStreamCache(bytes == null ? new byte[0] : bytes));
        }
    }

    /** Values of one place, and of what a reader of the log makes of them: they are the same before it was read. */
    Map<String, Object> asRead(Map<String, Object> written) {
        return JSON.convertValue(written, new TypeReference<>() {});
    }

    /**
     * The body as JSON. A stream that can be read only once is replaced by one that can be read again.
     *
     * @throws NotKeptException it would not come back as it is
     */
    @Nullable
    JsonNode writeBody(Exchange exchange) {
        Place place = new Place("the body", "/body");
        makeReadable(exchange);
        Object written = write(place, exchange.getIn().getBody());
        if (written == null) {
            return null;
        }
        Optional<JsonNode> tree = written instanceof String text ? tree(text) : Optional.empty();
        if (tree.isPresent()) {
            kinds.putIfAbsent(place.pointer(), TEXT);
            return tree.get();
        }
        return JSON.valueToTree(written);
    }

    /** The JSON object or list that a text is, if it is written again as this very text. One in Base64 is none. */
    private static Optional<JsonNode> tree(String text) {
        if (!text.startsWith("{") && !text.startsWith("[")) {
            return Optional.empty();
        }
        try {
            JsonNode node = JSON.readTree(text);
            return Optional.of(node).filter(read -> text.equals(read.toString()));
        } catch (JsonProcessingException e) {
            return Optional.empty();
        }
    }

    @Nullable
    Object readBody(@Nullable JsonNode body) {
        Place place = new Place("the body", "/body");
        String kind = kinds.getOrDefault(place.pointer(), "");
        boolean wasText = kind.equals(TEXT) || kind.equals(BYTES) || kind.equals(STREAM);
        if (body != null && wasText && body.isContainerNode()) {
            return read(place, body.toString());
        }
        return read(place, body == null ? null : natural(body));
    }

    /** @throws IllegalStateException the application no longer knows what it was */
    @Nullable
    Object read(Place place, @Nullable Object written) {
        String kind = kinds.get(place.pointer());
        if (kind == null) {
            return kinds.isEmpty() ? written : readNatural(place, written);
        }
        Optional<ScalarKinds.Kind> scalar = ScalarKinds.named(kind);
        if (scalar.isPresent()) {
            return scalar.get().read().apply(written);
        } else if (kind.startsWith(CLASS)) {
            String name = kind.substring(CLASS.length());
            Class<?> type = types.get()
                    .find(name)
                    .orElseThrow(() -> new IllegalStateException(
                            "%s was a %s, which this application does not know or did not name in %s: name it there"
                                    .formatted(place.what(), name, KeptTypes.SETTING)));
            return LENIENT.convertValue(written, type);
        }
        return switch (kind) {
            case TEXT -> written;
            case BYTES -> Objects.requireNonNull((String) written).getBytes(StandardCharsets.UTF_8);
            case BYTES + BASE64 -> Base64.getDecoder().decode((String) written);
            case STREAM ->
                new InputStreamCache(Objects.requireNonNull((String) written).getBytes(StandardCharsets.UTF_8));
            case STREAM + BASE64 -> new InputStreamCache(Base64.getDecoder().decode((String) written));
            case JSON_NODE -> JSON.valueToTree(written);
            case TEXTS -> Objects.requireNonNull((List<?>) written).toArray(String[]::new);
            case SET -> new LinkedHashSet<>((List<?>) readNatural(place, written));
            default ->
                throw new IllegalStateException(
                        "%s is of the kind %s, which this version does not know".formatted(place.what(), kind));
        };
    }

    private @Nullable Object readNatural(Place place, @Nullable Object written) {
        if (written instanceof Map<?, ?> map) {
            Map<String, Object> read = new LinkedHashMap<>();
            map.forEach((key, value) -> read.put((String) key, read(place.in(key), value)));
            return read;
        } else if (written instanceof List<?> list) {
            List<Object> read = new ArrayList<>();
            for (Object value : list) {
                read.add(read(place.in(read.size()), value));
            }
            return read;
        }
        return written;
    }
}
