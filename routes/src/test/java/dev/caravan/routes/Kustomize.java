package dev.caravan.routes;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/** What {@code kubectl kustomize} makes of a directory, as far as the directories here ask for; anything else is refused. */
final class Kustomize {

    private static final Set<String> KNOWN = Set.of(
            "apiVersion",
            "kind",
            "namespace",
            "labels",
            "resources",
            "images",
            "replicas",
            "patches",
            "configMapGenerator",
            "secretGenerator",
            "generatorOptions");
    private static final String CONTAINERS = "/spec/template/spec/containers";

    private final Path directory;
    private final JsonNode wanted;
    private final List<ObjectNode> objects = new ArrayList<>();

    private Kustomize(Path directory) {
        this.directory = directory;
        this.wanted =
                Manifests.read(directory.resolve("kustomization.yaml")).get(0).object();
        wanted.fieldNames().forEachRemaining(field -> {
            if (!KNOWN.contains(field)) {
                throw new IllegalArgumentException("%s in %s is not rendered here".formatted(field, directory));
            }
        });
    }

    static List<ObjectNode> render(Path directory) {
        Kustomize kustomize = new Kustomize(directory);
        kustomize.read();
        kustomize.change();
        return kustomize.objects;
    }

    private void read() {
        Manifests.stream(wanted.path("resources"))
                .map(resource -> directory.resolve(resource.textValue()).normalize())
                .forEach(resource -> {
                    if (Files.isDirectory(resource)) {
                        objects.addAll(render(resource));
                    } else {
                        Manifests.read(resource)
                                .forEach(manifest ->
                                        objects.add(manifest.object().deepCopy()));
                    }
                });
        Manifests.stream(wanted.path("configMapGenerator")).forEach(map -> generate("ConfigMap", map));
        Manifests.stream(wanted.path("secretGenerator")).forEach(secret -> generate("Secret", secret));
    }

    private void generate(String kind, JsonNode generator) {
        if (!wanted.at("/generatorOptions/disableNameSuffixHash").asBoolean()) {
            throw new IllegalArgumentException("Names with a hash are not rendered here: " + directory);
        }
        String name = generator.path("name").asText();
        ObjectNode data;
        if (generator.path("behavior").asText().equals("merge")) {
            data = (ObjectNode) only(object -> is(object, kind, name)).path("data");
        } else {
            ObjectNode made = JsonNodeFactory.instance.objectNode();
            made.put("apiVersion", "v1").put("kind", kind).putObject("metadata").put("name", name);
            data = made.putObject("data");
            objects.add(made);
        }
        Manifests.stream(generator.path("files"))
                .map(JsonNode::textValue)
                .forEach(file -> data.put(file, text(directory.resolve(file))));
        Manifests.stream(generator.path("literals"))
                .map(literal -> literal.textValue().split("=", 2))
                .forEach(literal -> data.put(literal[0], kind.equals("Secret") ? base64(literal[1]) : literal[1]));
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    private void change() {
        Manifests.stream(wanted.path("patches")).forEach(this::patch);
        Manifests.stream(wanted.path("replicas")).forEach(replicas -> ((ObjectNode) only(object ->
                                is(object, "StatefulSet", replicas.path("name").asText()))
                        .path("spec"))
                .set("replicas", replicas.path("count")));
        Manifests.stream(wanted.path("images")).forEach(this::image);
        for (ObjectNode object : objects) {
            if (wanted.has("namespace")) {
                metadata(object).set("namespace", wanted.path("namespace"));
            }
            Manifests.stream(wanted.path("labels")).forEach(labels -> {
                metadata(object).withObjectProperty("labels").setAll((ObjectNode) labels.path("pairs"));
                if (labels.path("includeTemplates").asBoolean()
                        && object.at("/spec/template/metadata") instanceof ObjectNode template) {
                    template.withObjectProperty("labels").setAll((ObjectNode) labels.path("pairs"));
                }
            });
        }
    }

    private static ObjectNode metadata(ObjectNode object) {
        return object.withObjectProperty("metadata");
    }

    private void image(JsonNode image) {
        List<ObjectNode> users = objects.stream()
                .flatMap(object -> Manifests.stream(object.at(CONTAINERS)))
                .filter(container -> container.path("image").equals(image.path("name")))
                .map(ObjectNode.class::cast)
                .toList();
        found(users, image);
        users.forEach(container -> container.put(
                "image",
                image.path("newName").asText() + ":" + image.path("newTag").asText()));
    }

    private void patch(JsonNode patch) {
        JsonNode change = patch.has("path")
                ? Manifests.read(directory.resolve(patch.path("path").asText()))
                        .get(0)
                        .object()
                : Manifests.parse(patch.path("patch").asText());
        JsonNode target = patch.has("target") ? patch.path("target") : target(change);
        List<ObjectNode> targets = objects.stream()
                .filter(object ->
                        object.path("kind").asText().matches(target.path("kind").asText(".*"))
                                && object.at("/metadata/name")
                                        .asText()
                                        .matches(target.path("name").asText(".*")))
                .toList();
        found(targets, target);
        if (change.path("$patch").asText().equals("delete")) {
            objects.removeAll(targets);
        } else {
            targets.forEach(object -> apply(change, object));
        }
    }

    private static JsonNode target(JsonNode change) {
        return JsonNodeFactory.instance
                .objectNode()
                .<ObjectNode>set("kind", change.path("kind"))
                .set("name", change.at("/metadata/name"));
    }

    private static void apply(JsonNode change, ObjectNode object) {
        if (change instanceof ArrayNode operations) {
            operations.forEach(operation -> operate(operation, object));
        } else {
            merge((ObjectNode) change, object);
        }
    }

    /** RFC 6902, of which {@code replace} only. */
    private static void operate(JsonNode operation, ObjectNode object) {
        String path = operation.path("path").asText();
        int last = path.lastIndexOf('/');
        JsonNode parent = object.at(path.substring(0, last));
        if (!operation.path("op").asText().equals("replace") || object.at(path).isMissingNode()) {
            throw new IllegalArgumentException("%s is not done here to %s".formatted(operation, object));
        }
        ((ObjectNode) parent).set(path.substring(last + 1), operation.path("value"));
    }

    /** RFC 7386. */
    private static void merge(ObjectNode change, ObjectNode object) {
        change.properties().forEach(field -> {
            if (field.getValue() instanceof ArrayNode) {
                throw new IllegalArgumentException("Lists are not merged here: " + field);
            }
            if (field.getValue() instanceof ObjectNode inner) {
                merge(inner, object.withObjectProperty(field.getKey()));
            } else {
                object.set(field.getKey(), field.getValue());
            }
        });
    }

    private ObjectNode only(Predicate<ObjectNode> condition) {
        List<ObjectNode> found = objects.stream().filter(condition).toList();
        found(found, wanted);
        return found.get(0);
    }

    private static boolean is(ObjectNode object, String kind, String name) {
        return object.path("kind").asText().equals(kind)
                && object.at("/metadata/name").asText().equals(name);
    }

    private void found(List<ObjectNode> targets, JsonNode what) {
        if (targets.isEmpty()) {
            throw new IllegalArgumentException("Nothing in %s is meant by %s".formatted(directory, what));
        }
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
