package dev.caravan.shop;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The programs of the compose file out of their images: what the entry point names, in the file system of the layers. */
class ImagesDeployment extends ComposeDeploymentIT {

    private static final Path ROOT = Path.of("..", "..").toAbsolutePath().normalize();
    private static final Map<String, String> MODULES = Map.of(
            "lra-coordinator", "lra-coordinator",
            "saga-orchestrator", "services/saga-orchestrator",
            "order-service", "services/order",
            "payment-service", "services/payment",
            "inventory-service", "services/inventory",
            "shipping-service", "services/shipping");

    private final Map<String, Image> images = new TreeMap<>();

    private Image image(String program) {
        return images.computeIfAbsent(
                program,
                name -> Image.read(
                        ROOT.resolve(MODULES.get(name)).resolve("target/jib-image.tar"),
                        directory().resolve("images").resolve(name)));
    }

    /** Those of the compose file over those of the image. */
    @Override
    Map<String, Map<String, String>> variables() {
        Map<String, Map<String, String>> all = Deployment.ofCompose();
        all.forEach((program, variables) -> image(program).environment().forEach(variables::putIfAbsent));
        return all;
    }

    @Override
    JavaProcess start(String program, Map<String, String> environment) {
        Path root = directory().resolve("roots").resolve(program);
        Image image = image(program);
        image.extract(root);
        List<String> entryPoint = image.entryPoint();
        assertThat(entryPoint).startsWith("java");
        return JavaProcess.startProgram(
                directory(),
                entryPoint.stream()
                        .skip(1)
                        .map(argument -> argument.startsWith("@/") ? "@" + here(root, argument.substring(1)) : argument)
                        .toList(),
                environment);
    }

    /** A file of arguments with the paths that the files have here. */
    private static Path here(Path root, String file) {
        Path arguments = root.resolve(file.substring(1));
        try {
            return Files.writeString(arguments, Files.readString(arguments).replace("/app/", root + "/app/"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static List<String> programs() {
        return MODULES.keySet().stream().sorted().toList();
    }

    @ParameterizedTest
    @MethodSource("programs")
    void haveTheirOwnCodeOnTopAndNoRoot(String program) {
        Image image = image(program);

        assertThat(image.layers()).containsSubsequence("dependencies", "resources", "classes", "jvm arg files");
        assertThat(image.files(0)).hasSizeGreaterThan(50).noneMatch(file -> file.contains("/caravan-"));
        assertThat(image.files(1)).isNotEmpty().allMatch(file -> file.matches("app/(libs/(caravan-.*)?)?"));
        assertThat(image.user()).isEqualTo("1001:1001");
        assertThat(image.created()).startsWith("2026-");
        assertThat(image.entryPoint()).hasSize(4).last().asString().startsWith("dev.caravan.");
    }

    @ParameterizedTest
    @MethodSource("programs")
    void areAsTheDockerfileAndTheManifestsHaveThem(String program) throws IOException {
        Image image = image(program);
        String dockerfile = Files.readString(ROOT.resolve("services/Dockerfile"));

        assertThat(dockerfile).contains("USER " + image.user());
        assertThat(image.environment()).hasSize(2).allSatisfy((name, value) -> assertThat(dockerfile)
                .containsPattern("ENV .*" + name + "=\"?\\Q" + value + "\\E"));
        String port = List.of("lra-coordinator.yaml", "saga-orchestrator.yaml", "services.yaml").stream()
                .flatMap(file -> Deployment.objects(file, "StatefulSet").stream())
                .filter(object -> object.at("metadata").at("name").text().equals(program))
                .map(object -> object.at("spec")
                        .at("template")
                        .at("spec")
                        .at("containers")
                        .list()
                        .get(0))
                .map(container ->
                        container.at("ports").list().get(0).at("containerPort").text())
                .findFirst()
                .orElseThrow();
        assertThat(image.ports()).containsExactly(port + "/tcp");
    }
}
