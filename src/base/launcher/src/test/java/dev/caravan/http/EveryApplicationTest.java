package dev.caravan.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Each application of ours that listens has the limits. */
class EveryApplicationTest {

    private static final Path ROOT = Path.of("../../..");

    @Test
    void hasLimitsForItsClients() throws IOException {
        List<Path> applications;
        try (Stream<Path> files =
                Stream.concat(Files.walk(ROOT.resolve("services")), Files.walk(ROOT.resolve("lra-coordinator")))) {
            applications = files.filter(file -> file.toString().contains("src/main/resources"))
                    .filter(file -> file.toString().endsWith(".properties"))
                    .filter(file -> text(file).contains("server.port="))
                    .toList();
        }

        assertThat(applications).hasSizeGreaterThanOrEqualTo(7).allSatisfy(application -> {
            assertThat(text(application)).contains("\ncaravan.http.body-timeout=");
            Path pom = ROOT.relativize(application)
                    .subpath(0, application.toString().contains("services") ? 2 : 1);
            assertThat(text(ROOT.resolve(pom).resolve("pom.xml")))
                    .contains("<artifactId>caravan-launcher</artifactId>");
        });
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
