package dev.caravan.routes;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** The Kubernetes objects beside the routes. */
final class Manifests {

    private static final ObjectMapper YAML =
            new YAMLMapper().enable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY);

    private Manifests() {}

    /** One object in a file. */
    record Manifest(Path file, JsonNode object) {

        String kind() {
            return object.path("kind").asText();
        }

        String name() {
            return object.path("metadata").path("name").asText();
        }

        @Override
        public String toString() {
            return "%s %s in %s".formatted(kind(), name(), file);
        }
    }

    /** All objects, those of kustomize too. */
    static List<Manifest> all() {
        return Stream.of("kubernetes", "camel-k", "orchestration")
                .flatMap(directory -> yaml(Path.of(directory)).stream())
                .filter(file -> !file.toString().endsWith(".camel.yaml"))
                .flatMap(file -> read(file).stream())
                .toList();
    }

    static List<Path> yaml(Path directory) {
        try (Stream<Path> files = Files.walk(directory)) {
            return files.filter(file -> file.toString().endsWith(".yaml"))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static JsonNode parse(String text) {
        try {
            return YAML.readTree(text);
        } catch (IOException e) {
            throw new UncheckedIOException(text, e);
        }
    }

    static List<Manifest> read(Path file) {
        List<Manifest> objects = new ArrayList<>();
        try (var documents = YAML.readerFor(JsonNode.class).<JsonNode>readValues(file.toFile())) {
            documents.forEachRemaining(object -> objects.add(new Manifest(file, object)));
        } catch (IOException e) {
            throw new UncheckedIOException(file.toString(), e);
        }
        return objects;
    }

    static Stream<JsonNode> stream(JsonNode array) {
        List<JsonNode> elements = new ArrayList<>();
        array.forEach(elements::add);
        return elements.stream();
    }
}
