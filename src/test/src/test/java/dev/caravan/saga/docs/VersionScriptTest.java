package dev.caravan.saga.docs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.caravan.testing.HangLimit;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code .ci/version} in a copy of the files that it writes. */
class VersionScriptTest {

    private static final String SCRIPT = ".ci/version";

    @TempDir
    private Path directory;

    @BeforeEach
    void copy() throws IOException {
        copy(Repository.ROOT.resolve(SCRIPT));
        for (Path file : Repository.files(path -> path.endsWith("pom.xml")
                || path.endsWith(".md")
                || path.endsWith("Dockerfile")
                || path.startsWith("services/") && path.endsWith(".yaml")
                || path.startsWith("routes/") && path.endsWith(".yaml"))) {
            copy(file);
        }
    }

    private void copy(Path file) throws IOException {
        Path target = directory.resolve(Repository.relative(file));
        Files.createDirectories(target.getParent());
        Files.copy(file, target);
    }

    private void write(String version) throws Exception {
        Path output = directory.resolve("output.txt");
        Process script = new ProcessBuilder("bash", directory.resolve(SCRIPT).toString(), version)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        try {
            assertThat(script.waitFor(HangLimit.SECONDS, TimeUnit.SECONDS)).isTrue();
        } finally {
            script.destroyForcibly();
        }
        assertThat(script.exitValue()).as(Files.readString(output)).isZero();
        Files.delete(output);
    }

    private Map<Path, String> all() throws IOException {
        Map<Path, String> contents = new TreeMap<>();
        try (var files = Files.walk(directory)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                contents.put(file, Files.readString(file));
            }
        }
        return contents;
    }

    private String comparedWith() throws IOException {
        return Repository.find(
                        Pattern.compile("<japicmp.against>([^<]+)<"), Files.readString(directory.resolve("pom.xml")))
                .get(0);
    }

    /** The tag has the version already, and is released by the same steps. */
    @Test
    void changesNothingWhereTheVersionIsWritten() throws Exception {
        write("90.1.0");
        Map<Path, String> tagged = all();

        write("90.1.0");

        assertThat(all()).isEqualTo(tagged);
    }

    @Test
    void hasWhatFollowsComparedWithTheLastRelease() throws Exception {
        write("90.1.0");
        write("90.2.0-SNAPSHOT");
        assertThat(comparedWith()).isEqualTo("90.1.0");

        write("90.2.0");
        assertThat(comparedWith()).isEqualTo("90.1.0");
    }

    /** A page names what a reader can depend on; a POM names what is built. */
    @Test
    void leavesTheReleaseInPagesAndManifestsWhereSomebodyDependsOnIt() throws Exception {
        write("90.1.0");
        write("90.2.0-SNAPSHOT");

        assertThat(Files.readString(directory.resolve("pom.xml"))).contains("<version>90.2.0-SNAPSHOT</version>");
        assertThat(List.of(
                        Files.readString(directory.resolve("README.md")),
                        Files.readString(directory.resolve("src/docs/versions.md"))))
                .allSatisfy(page -> assertThat(page)
                        .contains("<version>90.1.0</version>")
                        .doesNotContain("<version>90.2.0-SNAPSHOT"));
        assertThat(Files.readString(directory.resolve("routes/kubernetes/overlays/prod/kustomization.yaml")))
                .contains("\"90.1.0\"")
                .doesNotContain("90.2.0");
    }
}
