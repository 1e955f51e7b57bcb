package dev.caravan.saga.fuzz;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.caravan.saga.docs.Repository;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/**
 * Records of the saga log made at random from the samples: fields are taken out, exchanged, doubled, put in another order
 * and given values of every kind; bytes are turned. The same seed makes the same records.
 */
final class FuzzedEntries {

    private static final List<String> IDS = List.of("s-1", "s-2", "s-3");
    private static final List<String> SEEDS_OF_VALUES = List.of(
            "null",
            "true",
            "{}",
            "[]",
            "[null]",
            "{\"a\":null}",
            "0",
            "-1",
            "1",
            "2147483647",
            "2147483648",
            "9007199254740992",
            "9223372036854775807",
            "1e400",
            "1.5",
            "\"\"",
            "\"PAY\"",
            "\"PAY#999999999\"",
            "\"pay\"",
            "\"s-1\"",
            "\"s-2\"",
            "\"EXECUTING\"",
            "\"INITIAL\"",
            "\"COMPLETED\"",
            "\"FAILED\"",
            "\"COMPENSATION\"",
            "\"2026-01-31T09:30:00Z\"",
            "\"+999999999-12-31T23:59:59Z\"",
            "\"-999999999-01-01T00:00:00Z\"",
            "\"\\u0000\\ud800\"",
            "\"PIVOT\"",
            "\"SNAPSHOT\"");

    private final ObjectMapper json = new ObjectMapper();
    private final List<JsonNode> samples = new ArrayList<>();
    private final List<JsonNode> values = new ArrayList<>();
    private final Random random;
    private int sequence;

    FuzzedEntries(long seed) {
        random = new Random(seed);
        try {
            for (Path file :
                    Repository.files(path -> path.startsWith("src/core/src/test/resources/saga-log-samples/"))) {
                samples.add(json.readTree(file.toFile()));
            }
            for (String value : SEEDS_OF_VALUES) {
                values.add(json.readTree(value));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Half of them are good entries of a saga, in order, so that those that are not meet one that runs. */
    byte[] next() {
        ObjectNode entry = pick(samples).deepCopy();
        String id = pick(IDS);
        entry.put("sagaId", id);
        rename(entry, id);
        entry.put("sequence", random.nextInt(8) == 0 ? random.nextInt(20) : sequence++ % 40);
        if (random.nextInt(4) == 0) {
            entry.put("epoch", random.nextInt(3));
        }
        if (random.nextBoolean()) {
            return bytes(entry);
        }
        for (int i = 0, changes = 1 + random.nextInt(3); i < changes; i++) {
            change(entry);
        }
        byte[] bytes = bytes(entry);
        return switch (random.nextInt(8)) {
            case 0 -> turned(bytes);
            case 1 -> Arrays.copyOf(bytes, random.nextInt(bytes.length));
            case 2 ->
                new String(bytes, UTF_8)
                        .replaceFirst("\"type\"", "\"type\":\"START\",\"type\"")
                        .getBytes(UTF_8);
            default -> bytes;
        };
    }

    private static void rename(ObjectNode entry, String id) {
        if (entry.path("event").path("state") instanceof ObjectNode state) {
            state.put("sagaId", id);
        }
    }

    private void change(ObjectNode entry) {
        List<JsonNode> containers = new ArrayList<>();
        collect(entry, containers);
        JsonNode chosen = pick(containers);
        if (chosen instanceof ObjectNode object && object.size() > 0) {
            List<String> names = new ArrayList<>();
            object.fieldNames().forEachRemaining(names::add);
            String name = pick(names);
            switch (random.nextInt(6)) {
                case 0 -> object.remove(name);
                case 1 -> object.set(pick(names), object.get(name).deepCopy());
                case 2 -> shuffle(object, names);
                case 3 -> object.set(name, partOf(pick(samples)));
                default -> object.set(name, pick(values).deepCopy());
            }
        } else if (chosen instanceof ArrayNode array) {
            array.add(
                    array.size() > 0 && random.nextBoolean()
                            ? array.get(0).deepCopy()
                            : pick(values).deepCopy());
        }
    }

    private void shuffle(ObjectNode object, List<String> names) {
        Collections.shuffle(names, random);
        names.forEach(name -> object.set(name, object.remove(name)));
    }

    private JsonNode partOf(JsonNode sample) {
        List<JsonNode> containers = new ArrayList<>();
        collect(sample, containers);
        return pick(containers).deepCopy();
    }

    private static void collect(JsonNode node, List<JsonNode> containers) {
        if (node.isContainerNode()) {
            containers.add(node);
            node.forEach(child -> collect(child, containers));
        }
    }

    private byte[] turned(byte[] bytes) {
        for (int i = 0; i <= random.nextInt(4); i++) {
            bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
        }
        return bytes;
    }

    private <T> T pick(List<? extends T> all) {
        return all.get(random.nextInt(all.size()));
    }

    private byte[] bytes(JsonNode node) {
        try {
            return json.writeValueAsBytes(node);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
