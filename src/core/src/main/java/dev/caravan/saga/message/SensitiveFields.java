package dev.caravan.saga.message;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Fields of payloads that are encrypted wherever a payload is written to a topic, decrypted where it is read, and masked
 * where it is shown. Off without keys. Payloads that are handed in are not changed. Thread-safe.
 *
 * <p>A field is named by its name ({@code iban}: any field of that name) or by the end of its path ({@code customer.iban}:
 * that of a customer, wherever it is); elements of arrays count as what the array is. Whatever value it has, it becomes a
 * text, see {@link FieldKeys}. An encrypted value is read whether or not its field is named now.
 */
public final class SensitiveFields {

    /** Nothing is sensitive, and nothing is decrypted. */
    public static final SensitiveFields NONE = new SensitiveFields(List.of(), new FieldKeys(List.of()));

    /** What is shown in place of a value. */
    public static final String MASK = "***";

    private static final Logger LOGGER = LoggerFactory.getLogger(SensitiveFields.class);
    private static final ObjectMapper JSON = new MessageCodec().json();

    private final Set<String> fields;
    private final FieldKeys keys;
    private final Set<String> missing = ConcurrentHashMap.newKeySet();

    private SensitiveFields(Collection<String> fields, FieldKeys keys) {
        this.fields = fields.stream()
                .map(String::strip)
                .filter(field -> !field.isEmpty())
                .collect(Collectors.toUnmodifiableSet());
        this.keys = keys;
    }

    /**
     * @param fields names, or ends of paths with dots
     * @param keys as {@code id:key}, the newest first; the key is base64 of 32 random bytes
     * @param file more of them, one in a line; {@code null} or blank: none
     * @throws IllegalArgumentException there are fields and no key, or a key is malformed
     */
    public static SensitiveFields of(Collection<String> fields, Collection<String> keys, @Nullable String file) {
        List<String> all = new ArrayList<>(keys);
        if (file != null && !file.isBlank()) {
            all.addAll(lines(Path.of(file)));
        }
        all.removeIf(String::isBlank);
        SensitiveFields sensitive = new SensitiveFields(fields, new FieldKeys(all));
        if (!sensitive.fields.isEmpty() && sensitive.isOff()) {
            throw new IllegalArgumentException(
                    "caravan.sensitive-fields names %s, and there is no key to encrypt them with: set caravan.sensitive-keys, as id:key with the newest first; `openssl rand -base64 32` makes a key"
                            .formatted(sensitive.fields));
        }
        return sensitive;
    }

    private static List<String> lines(Path file) {
        try {
            return Files.readAllLines(file);
        } catch (IOException e) {
            throw new IllegalArgumentException(
                    "The keys of caravan.sensitive-keys-file cannot be read: %s".formatted(e), e);
        }
    }

    /** True when there is no key: payloads are as they are. */
    public boolean isOff() {
        return keys.isEmpty();
    }

    /** Whether something may have to be decrypted in this text. */
    public static boolean mayBeIn(byte[] text) {
        byte[] prefix = {'e', 'n', 'c', ':', 'v', '1', ':'};
        for (int at = 0; at <= text.length - prefix.length; at++) {
            if (text[at] == 'e' && startsWith(text, at, prefix)) {
                return true;
            }
        }
        return false;
    }

    private static boolean startsWith(byte[] text, int at, byte[] prefix) {
        for (int i = 0; i < prefix.length; i++) {
            if (text[at + i] != prefix[i]) {
                return false;
            }
        }
        return true;
    }

    /** The payload as it is written: with the newest key. */
    public JsonNode seal(JsonNode payload) {
        return isOff() || fields.isEmpty()
                ? payload
                : changed(payload, (path, name, value) -> isNamed(path) ? sealed(name, value) : value);
    }

    /** What came encrypted, with a key that is not known here, is passed on as it is. */
    private JsonNode sealed(String name, JsonNode value) {
        if (value.isTextual()
                && FieldKeys.keyOf(value.textValue())
                        .filter(key -> !keys.has(key))
                        .isPresent()) {
            return value;
        }
        try {
            return TextNode.valueOf(keys.seal(name, JSON.writeValueAsBytes(value)));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("A tree of JSON nodes could not be written", e);
        }
    }

    /** The payload as it was. What cannot be decrypted stays as it is, and a warning names the key that is missing. */
    public JsonNode open(JsonNode payload) {
        return open(payload, false);
    }

    /** @throws MalformedMessageException a field that is named here is encrypted and cannot be decrypted */
    public JsonNode openAll(JsonNode payload) {
        return open(payload, true);
    }

    private JsonNode open(JsonNode payload, boolean strictly) {
        return isOff()
                ? payload
                : changed(
                        payload,
                        (path, name, value) ->
                                value.isTextual() && value.textValue().startsWith(FieldKeys.PREFIX)
                                        ? opened(name, value, strictly && isNamed(path))
                                        : value);
    }

    private JsonNode opened(String name, JsonNode value, boolean strictly) {
        Optional<String> key = FieldKeys.keyOf(value.textValue());
        Optional<byte[]> plain = keys.open(name, value.textValue());
        if (plain.isPresent()) {
            try {
                return JSON.readTree(plain.get());
            } catch (IOException e) {
                throw new MalformedMessageException("Field '%s' is encrypted, and is no JSON".formatted(name), e);
            }
        }
        if (strictly) {
            throw new MalformedMessageException(
                    "Field '%s' is encrypted and cannot be decrypted: %s"
                            .formatted(
                                    name,
                                    key.filter(id -> !keys.has(id))
                                            .map("its key %s is not in caravan.sensitive-keys"::formatted)
                                            .orElse("it was altered, or made for another field")),
                    null);
        }
        key.filter(id -> !keys.has(id) && missing.add(id))
                .ifPresent(id -> LOGGER.warn(
                        "Field {} is encrypted with the key {}, which is not in caravan.sensitive-keys: add it. Until"
                                + " then, routes see such fields as they are encrypted",
                        name,
                        id));
        return value;
    }

    /** The payload as it is shown to people. */
    public JsonNode mask(JsonNode payload) {
        return fields.isEmpty()
                ? payload
                : changed(payload, (path, name, value) -> isNamed(path) ? TextNode.valueOf(MASK) : value);
    }

    private boolean isNamed(List<String> path) {
        String end = "";
        for (int i = path.size() - 1; i >= 0; i--) {
            end = end.isEmpty() ? path.get(i) : path.get(i) + "." + end;
            if (fields.contains(end)) {
                return true;
            }
        }
        return false;
    }

    private interface Change {
        JsonNode of(List<String> path, String name, JsonNode value);
    }

    private static JsonNode changed(JsonNode payload, Change change) {
        if (payload == null || !payload.isContainerNode()) {
            return payload;
        }
        JsonNode copy = payload.deepCopy();
        change(copy, new ArrayList<>(), change);
        return copy;
    }

    private static void change(JsonNode node, List<String> path, Change change) {
        if (node instanceof ObjectNode object) {
            List<String> names = new ArrayList<>();
            object.fieldNames().forEachRemaining(names::add);
            for (String name : names) {
                path.add(name);
                JsonNode before = object.get(name);
                JsonNode after = before.isNull() ? before : change.of(path, name, before);
                if (after == before) {
                    change(before, path, change);
                } else {
                    object.set(name, after);
                }
                path.remove(path.size() - 1);
            }
        } else if (node.isArray()) {
            node.forEach(element -> change(element, path, change));
        }
    }
}
