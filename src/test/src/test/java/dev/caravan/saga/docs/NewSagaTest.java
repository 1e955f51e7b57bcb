package dev.caravan.saga.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The template of a project has the versions that Caravan is built with. Its module runs its tests. */
class NewSagaTest {

    private static final String TEMPLATE = "src/docs/examples/new-saga/pom.xml";

    @Test
    void hasTheVersionsOfCaravan() {
        String springBoot = "<artifactId>spring-boot-starter-parent</artifactId>\\s*<version>(.*?)</version>";
        String camel = "<camel.version>(.*?)</camel.version>";
        String java = "<java.version>(.*?)</java.version>";

        for (String version : List.of(springBoot, camel, java)) {
            assertThat(found(version, TEMPLATE)).hasSize(1).isEqualTo(found(version, "pom.xml"));
        }
    }

    @Test
    void usesThisCaravan() {
        assertThat(found("<caravan.version>(.*?)</caravan.version>", TEMPLATE))
                .hasSize(1)
                .isEqualTo(found("<artifactId>caravan-parent</artifactId>\\s*<version>(.*?)</version>", "pom.xml"));
    }

    private static List<String> found(String expression, String file) {
        return Repository.find(Pattern.compile(expression), Repository.text(file));
    }
}
