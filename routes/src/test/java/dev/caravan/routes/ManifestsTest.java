package dev.caravan.routes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.caravan.routes.Manifests.Manifest;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The Kubernetes objects have no field that their models do not know, and name nothing that is not there. */
class ManifestsTest {

    /** These come from the cluster, not from a repository. */
    private static final Set<String> SECRETS = Set.of(
            "caravan",
            "order-service-login",
            "order-database",
            "payment-database",
            "inventory-database",
            "shipping-database");

    static Stream<Manifest> objects() {
        return Manifests.all().stream().filter(manifest -> !manifest.kind().equals("Kustomization"));
    }

    static Stream<Manifest> kustomizations() {
        return Manifests.all().stream().filter(manifest -> manifest.kind().equals("Kustomization"));
    }

    static Stream<Manifest> workloads() {
        return objects().filter(manifest -> manifest.kind().equals("StatefulSet"));
    }

    @ParameterizedTest
    @MethodSource("objects")
    void areAsTheirModelsHaveThem(Manifest manifest) {
        assertThatCode(() -> Models.read(manifest.object())).doesNotThrowAnyException();
    }

    /** A wrong field anywhere below spec fails the test above. */
    @ParameterizedTest
    @MethodSource("objects")
    void areRefusedWithAFieldThatIsNotKnown(Manifest manifest) {
        for (String pointer : List.of("", "/spec", "/spec/kafka", "/spec/template/spec/containers/0")) {
            ObjectNode copy = manifest.object().deepCopy();
            if (copy.at(pointer) instanceof ObjectNode node) {
                node.put("replicaz", 1);
                assertThatThrownBy(() -> Models.read(copy))
                        .as(manifest + pointer)
                        .hasMessageContaining("replicaz");
            }
        }
    }

    @ParameterizedTest
    @MethodSource("kustomizations")
    void nameFilesThatExist(Manifest kustomization) {
        Path directory = kustomization.file().getParent();
        Stream<String> files = Stream.of(
                        Manifests.stream(kustomization.object().path("resources")),
                        Manifests.stream(kustomization.object().path("patches")).map(patch -> patch.path("path")),
                        Manifests.stream(kustomization.object().path("configMapGenerator"))
                                .flatMap(map -> Manifests.stream(map.path("files"))))
                .flatMap(nodes -> nodes)
                .filter(JsonNode::isTextual)
                .map(JsonNode::textValue);

        assertThat(files).isNotEmpty().allSatisfy(file -> assertThat(directory.resolve(file))
                .exists());
    }

    /** In the directory of a kustomization, nothing is forgotten. */
    @ParameterizedTest
    @MethodSource("kustomizations")
    void nameEveryFileBesideThem(Manifest kustomization) {
        String text = kustomization.object().toString();

        assertThat(Manifests.yaml(kustomization.file().getParent()))
                .filteredOn(file -> file.getParent().equals(kustomization.file().getParent()))
                .filteredOn(file ->
                        !file.equals(kustomization.file()) && !file.toString().endsWith(".camel.yaml"))
                .allSatisfy(file -> assertThat(text).contains(file.getFileName().toString()));
    }

    @ParameterizedTest
    @MethodSource("workloads")
    void haveAServiceProbesLimitsAndNoPrivileges(Manifest manifest) throws IOException {
        StatefulSet workload = (StatefulSet) Models.read(manifest.object());
        var pod = workload.getSpec().getTemplate();
        var container = pod.getSpec().getContainers().get(0);

        assertThat(pod.getMetadata().getLabels())
                .containsAllEntriesOf(workload.getSpec().getSelector().getMatchLabels());
        assertThat(objects().filter(other -> other.kind().equals("Service")).map(Manifest::name))
                .contains(workload.getSpec().getServiceName());
        assertThat(container.getLivenessProbe()).isNotNull();
        assertThat(container.getReadinessProbe()).isNotNull();
        assertThat(container.getStartupProbe()).isNotNull();
        assertThat(container.getResources().getLimits()).containsKey("memory");
        assertThat(container.getResources().getRequests()).containsKeys("cpu", "memory");
        assertThat(pod.getSpec().getSecurityContext().getRunAsNonRoot()).isTrue();
        assertThat(container.getSecurityContext().getReadOnlyRootFilesystem()).isTrue();
        assertThat(container.getSecurityContext().getAllowPrivilegeEscalation()).isFalse();
    }

    @ParameterizedTest
    @MethodSource("workloads")
    void listenOnThePortOfTheProgram(Manifest manifest) throws IOException {
        String name = manifest.name();
        String properties = Stream.of(
                        "../services/" + name.replace("-service", ""), "../services/" + name, "../" + name)
                .map(module -> Path.of(module, "src/main/resources", name + ".properties"))
                .filter(Files::exists)
                .map(ManifestsTest::text)
                .findFirst()
                .orElseThrow();

        assertThat(properties)
                .contains("server.port="
                        + manifest.object().at("/spec/template/spec/containers/0/ports/0/containerPort"));
    }

    @Test
    void nameSecretsAndConfigMapsThatAreThere() {
        Set<String> generated = kustomizations()
                .flatMap(manifest -> Manifests.stream(manifest.object().path("configMapGenerator")))
                .map(map -> map.path("name").asText())
                .collect(Collectors.toSet());

        // the operator makes one for each user
        Set<String> secrets = Stream.concat(
                        SECRETS.stream(),
                        objects()
                                .filter(manifest -> manifest.kind().equals("KafkaUser"))
                                .map(Manifest::name))
                .collect(Collectors.toSet());

        objects().forEach(manifest -> {
            assertThat(texts(manifest, "secretKeyRef")).as(manifest.toString()).isSubsetOf(secrets);
            assertThat(texts(manifest, "configMap")).as(manifest.toString()).isSubsetOf(generated);
            assertThat(texts(manifest, "configMapRef")).as(manifest.toString()).isSubsetOf(generated);
            Manifests.stream(manifest.object().at("/spec/sources")).forEach(source -> assertThat(generated)
                    .contains(source.path("contentRef").asText()));
        });
    }

    private static List<String> texts(Manifest manifest, String field) {
        return manifest.object().findValues(field).stream()
                .map(node -> node.path("name").asText())
                .toList();
    }

    @Test
    void setWhatCanBeSet() {
        Set<String> settings = find(
                        Pattern.compile("(?m)^\\| `([a-z0-9.-]+)` \\|"), text(Path.of("../src/docs/reference.md")))
                .map(name -> name.toUpperCase(Locale.ROOT).replaceAll("[.-]", "_"))
                .collect(Collectors.toCollection(TreeSet::new));
        Predicate<String> ours = name -> name.matches("(CARAVAN|CAMEL|ORDER)_.*|ROUTES");

        Stream<String> inPods = objects()
                .flatMap(manifest -> manifest.object().findValues("env").stream())
                .flatMap(Manifests::stream)
                .map(variable -> variable.path("name").asText());
        Stream<String> inConfigMaps = kustomizations()
                .flatMap(manifest -> Manifests.stream(manifest.object().path("configMapGenerator")))
                .flatMap(map -> Manifests.stream(map.path("literals")))
                .map(variable -> variable.textValue().replaceFirst("=.*", ""));
        Stream<String> inIntegrations = objects()
                .flatMap(manifest -> Manifests.stream(manifest.object().at("/spec/traits/environment/vars")))
                .map(variable -> variable.textValue().replaceFirst("=.*", ""));
        Stream<String> inCompose = Manifests.read(Path.of("../services/compose.yaml")).stream()
                .flatMap(file -> file.object().findValues("environment").stream())
                .flatMap(environment -> {
                    List<String> names = new ArrayList<>();
                    environment.fieldNames().forEachRemaining(names::add);
                    return names.stream();
                });

        assertThat(Stream.of(inPods, inConfigMaps, inIntegrations, inCompose)
                        .flatMap(names -> names)
                        .filter(ours)
                        .map(name -> name.replaceFirst("_[0-9]+_[A-Z]+$", "")))
                .hasSizeGreaterThan(30)
                .isSubsetOf(settings);
    }

    /** In pods nothing creates topics: what the contract names has to be there, with the partitions of the log. */
    @Test
    void haveTheTopicsOfTheOrderSaga() {
        List<JsonNode> topics = objects()
                .filter(manifest -> manifest.kind().equals("KafkaTopic"))
                .map(Manifest::object)
                .toList();
        Stream<String> services = Stream.of("order", "payment", "inventory", "shipping");
        List<String> read = Stream.concat(
                        Stream.of("saga-replies", "compensation-commands"),
                        services.map(service -> service + "-service-commands"))
                .toList();

        assertThat(topics.stream().map(topic -> topic.at("/metadata/name").asText()))
                .containsExactlyInAnyOrderElementsOf(Stream.of(
                                Stream.of("saga-logs", "saga-logs-dlq", "saga-events"),
                                read.stream(),
                                read.stream().map(topic -> topic + "-dlq"))
                        .flatMap(names -> names)
                        .toList());
        assertThat(topics.stream().map(topic -> topic.at("/spec/partitions").asInt()))
                .containsOnly(12);
    }

    @Test
    void buildImagesOfJarsThatTheBuildMakes() {
        String version = find(
                        Pattern.compile("<artifactId>caravan-parent</artifactId>\\s*<version>([^<]+)<"),
                        text(Path.of("../pom.xml")))
                .findFirst()
                .orElseThrow();
        assertThat(Manifests.read(Path.of("../services/compose.yaml"))
                        .get(0)
                        .object()
                        .findValues("JAR"))
                .hasSize(6)
                .allSatisfy(jar -> {
                    String module = jar.textValue().replaceFirst("/target/.*", "");
                    String name = find(
                                    Pattern.compile("</parent>\\s*<artifactId>([^<]+)<"),
                                    text(Path.of("..", module, "pom.xml")))
                            .findFirst()
                            .orElseThrow();
                    assertThat(jar.textValue()).isEqualTo("%s/target/%s-%s-exec.jar".formatted(module, name, version));
                });
    }

    private static Stream<String> find(Pattern pattern, String text) {
        return pattern.matcher(text).results().map((MatchResult found) -> found.group(1));
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
