package dev.caravan.shop;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.yaml.snakeyaml.Yaml;

/** The variables that a deployment gives its programs, by the name of the program. */
final class Deployment {

    private static final Path ROOT = Path.of("..", "..").toAbsolutePath().normalize();

    private Deployment() {}

    /** Part of a YAML file. */
    record Node(Object value) {

        Node at(String field) {
            return new Node(value instanceof Map<?, ?> map ? map.get(field) : null);
        }

        List<Node> list() {
            return value instanceof List<?> all ? all.stream().map(Node::new).toList() : List.of();
        }

        Map<String, Node> map() {
            Map<String, Node> fields = new LinkedHashMap<>();
            if (value instanceof Map<?, ?> all) {
                all.forEach((name, field) -> fields.put((String) name, new Node(field)));
            }
            return fields;
        }

        boolean isThere() {
            return value != null;
        }

        String text() {
            return String.valueOf(value);
        }
    }

    static List<Node> read(String file) {
        List<Node> documents = new ArrayList<>();
        try (InputStream text = Files.newInputStream(ROOT.resolve(file))) {
            new Yaml().loadAll(text).forEach(document -> documents.add(new Node(document)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return documents;
    }

    /** All objects of one kind in a manifest. */
    static List<Node> objects(String file, String kind) {
        return read("routes/kubernetes/base/" + file).stream()
                .filter(object -> object.at("kind").text().equals(kind))
                .toList();
    }

    /**
     * What the stateful sets of Kubernetes have.
     *
     * @param secrets by {@code name/key}: those that the manifests say are to be brought, or are made by an operator
     */
    static Map<String, Map<String, String>> ofKubernetes(Map<String, String> secrets) {
        Map<String, Map<String, String>> programs = new LinkedHashMap<>();
        for (String file : List.of("lra-coordinator.yaml", "saga-orchestrator.yaml", "services.yaml")) {
            for (Node workload : objects(file, "StatefulSet")) {
                String name = workload.at("metadata").at("name").text();
                Node container = workload.at("spec")
                        .at("template")
                        .at("spec")
                        .at("containers")
                        .list()
                        .get(0);
                Map<String, String> variables = new LinkedHashMap<>();
                container
                        .at("envFrom")
                        .list()
                        .forEach(map -> variables.putAll(
                                configMap(map.at("configMapRef").at("name").text())));
                container
                        .at("env")
                        .list()
                        .forEach(variable -> variables.put(variable.at("name").text(), value(variable, name, secrets)));
                programs.put(name, variables);
            }
        }
        return programs;
    }

    private static Map<String, String> configMap(String name) {
        return read("routes/kubernetes/base/kustomization.yaml").get(0).at("configMapGenerator").list().stream()
                .filter(map -> map.at("name").text().equals(name))
                .flatMap(map -> map.at("literals").list().stream())
                .map(literal -> literal.text().split("=", 2))
                .collect(Collectors.toMap(literal -> literal[0], literal -> literal[1]));
    }

    private static String value(Node variable, String program, Map<String, String> secrets) {
        if (variable.at("value").isThere()) {
            return variable.at("value").text();
        }
        Node secret = variable.at("valueFrom").at("secretKeyRef");
        if (!secret.isThere()) {
            return program + "-0"; // the name of the pod
        }
        String name = secret.at("name").text() + "/" + secret.at("key").text();
        if (!secrets.containsKey(name)) {
            throw new IllegalStateException("%s wants the secret %s, which nobody has".formatted(program, name));
        }
        return secrets.get(name);
    }

    /** What the compose file gives its programs, and their image. */
    static Map<String, Map<String, String>> ofCompose() {
        Map<String, Map<String, String>> programs = new LinkedHashMap<>();
        read("services/compose.yaml").get(0).at("services").map().forEach((name, service) -> {
            if (service.at("build").isThere()) {
                Map<String, String> variables = new LinkedHashMap<>(Map.of("SERVER_ADDRESS", addressOfTheImage()));
                service.at("environment").map().forEach((variable, value) -> variables.put(variable, value.text()));
                programs.put(name, variables);
            }
        });
        return programs;
    }

    private static String addressOfTheImage() {
        try {
            Matcher address = Pattern.compile("(?m)^ENV SERVER_ADDRESS=(\\S+)")
                    .matcher(Files.readString(ROOT.resolve("services/Dockerfile")));
            if (!address.find()) {
                throw new IllegalStateException("The image sets no SERVER_ADDRESS");
            }
            return address.group(1);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What the config map of the routes holds, in a directory. */
    static void mountRoutes(Path directory) {
        Path routes = ROOT.resolve("routes/orchestration");
        Node map = read("routes/orchestration/kustomization.yaml")
                .get(0)
                .at("configMapGenerator")
                .list()
                .get(0);
        try {
            Files.createDirectories(directory);
            for (Node file : map.at("files").list()) {
                Files.copy(routes.resolve(file.text()), directory.resolve(file.text()));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
