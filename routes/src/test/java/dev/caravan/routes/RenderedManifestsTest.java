package dev.caravan.routes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What is applied to a cluster: bases with their overlays over them. */
class RenderedManifestsTest {

    private static final String CONTAINER = "/spec/template/spec/containers/0";
    private static final Path OTHER_KAFKA = Path.of("kubernetes/overlays/other-kafka");

    @TempDir
    private Path directory;

    static Stream<Path> directories() {
        return ManifestsTest.kustomizations().map(manifest -> manifest.file().getParent());
    }

    static Stream<Path> overlays() {
        return directories().filter(each -> each.toString().contains("overlays"));
    }

    @ParameterizedTest
    @MethodSource("directories")
    void areAsTheirModelsHaveThem(Path kustomization) {
        assertThat(Kustomize.render(kustomization))
                .isNotEmpty()
                .allSatisfy(object -> assertThatCode(() -> Models.read(object)).doesNotThrowAnyException());
    }

    /** Else two files of one object would be applied, and the second one wins. */
    @ParameterizedTest
    @MethodSource("directories")
    void haveNoObjectTwice(Path kustomization) {
        assertThat(Kustomize.render(kustomization))
                .extracting(RenderedManifestsTest::name)
                .doesNotHaveDuplicates();
    }

    @ParameterizedTest
    @MethodSource("overlays")
    void areInOneNamespaceWithImagesOfAVersion(Path overlay) {
        List<ObjectNode> objects = Kustomize.render(overlay);

        assertThat(objects.stream()
                        .map(object -> object.at("/metadata/namespace").asText()))
                .hasSizeGreaterThan(1)
                .doesNotContain("")
                .containsOnly(objects.get(0).at("/metadata/namespace").asText());
        assertThat(objects.stream()
                        .map(object -> object.at(CONTAINER + "/image"))
                        .filter(JsonNode::isTextual))
                .allSatisfy(image -> assertThat(image.asText()).matches(".+:\\d.*"));
    }

    /** What a program takes from a config map is in this one; the routes and Kafka's settings. */
    @ParameterizedTest
    @MethodSource("overlays")
    void haveTheConfigMapsThatTheyName(Path overlay) {
        List<ObjectNode> objects = Kustomize.render(overlay);
        Set<String> there = objects.stream()
                .filter(object -> object.path("kind").asText().equals("ConfigMap"))
                .map(object -> object.at("/metadata/name").asText())
                .collect(Collectors.toSet());

        Set<String> named = new HashSet<>();
        objects.forEach(object -> Stream.of("configMap", "configMapRef")
                .flatMap(field -> object.findValues(field).stream())
                .forEach(reference -> named.add(reference.path("name").asText())));
        assertThat(there).containsAll(named);
    }

    @Test
    void needNothingOfStrimziOnBrokersThatAreThereAlready() {
        List<ObjectNode> objects = Kustomize.render(OTHER_KAFKA);

        assertThat(objects)
                .noneMatch(object -> object.path("apiVersion").asText().contains("strimzi"));
        assertThat(one(objects, "ConfigMap kafka").path("data").toString())
                .contains(
                        "\"CAMEL_COMPONENT_KAFKA_BROKERS\":\"kafka-1.example.com:9093,kafka-2.example.com:9093\"",
                        "\"CAMEL_COMPONENT_KAFKA_SASL_MECHANISM\":\"PLAIN\"",
                        "\"CAMEL_COMPONENT_KAFKA_SECURITY_PROTOCOL\":\"SASL_SSL\"");
        JsonNode orchestrator = one(objects, "StatefulSet saga-orchestrator");
        assertThat(orchestrator.at("/spec/replicas").asInt()).isEqualTo(3);
        assertThat(orchestrator.at(CONTAINER + "/resources/limits/memory").asText())
                .isEqualTo("1536Mi");
    }

    @Test
    void refusesAPatchOfNothing() throws IOException {
        Files.writeString(directory.resolve("kustomization.yaml"), """
                apiVersion: kustomize.config.k8s.io/v1beta1
                kind: Kustomization
                patches:
                  - target:
                      kind: StatefulSet
                    patch: |
                      - op: replace
                        path: /spec/replicas
                        value: 1
                """);

        assertThatThrownBy(() -> Kustomize.render(directory)).hasMessageContaining("Nothing in");
    }

    private static JsonNode one(List<ObjectNode> objects, String name) {
        return objects.stream()
                .filter(object -> name(object).equals(name))
                .findFirst()
                .orElseThrow();
    }

    private static String name(JsonNode object) {
        return object.path("kind").asText() + " " + object.at("/metadata/name").asText();
    }
}
