package dev.caravan.saga.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The template of a project has the versions that Caravan is built with. Its module runs its tests. */
class NewSagaTest {

    private static final String TEMPLATE = "src/docs/examples/new-saga/pom.xml";

    private static final String BOM = "src/bom/pom.xml";

    @Test
    void hasTheVersionsOfCaravan() {
        String springBoot = "<artifactId>spring-boot-starter-parent</artifactId>\\s*<version>(.*?)</version>";
        String java = "<java.version>(.*?)</java.version>";

        for (String version : List.of(springBoot, java)) {
            assertThat(found(version, TEMPLATE)).hasSize(1).isEqualTo(found(version, "pom.xml"));
        }
    }

    /** The BOM has no parent to take them from. */
    @Test
    void theBomHasTheVersionsOfCaravan() {
        String camel = "<camel.version>(.*?)</camel.version>";

        assertThat(found(camel, BOM)).hasSize(1).isEqualTo(found(camel, "pom.xml"));
        assertThat(found("<artifactId>caravan-bom</artifactId>\\s*<version>(.*?)</version>", BOM))
                .isEqualTo(caravan());
    }

    /**
     * {@code mvn spring-boot:run} at the root is a goal of every module. Maven looks for its plugin in the first one, which
     * would be this, since it has no parent, and then in each.
     */
    @Test
    void theBomIsNotRunAsTheShop() {
        assertThat(found("<module>(.*?)</module>", "src/pom.xml")).last().isEqualTo("bom");
        String springBoot = "<artifactId>spring-boot-starter-parent</artifactId>\\s*<version>(.*?)</version>";
        String plugin = "<artifactId>spring-boot-maven-plugin</artifactId>\\s*<version>(.*?)</version>"
                + "\\s*<configuration>\\s*<skip>true</skip>";

        assertThat(found(plugin, BOM)).hasSize(1).isEqualTo(found(springBoot, "pom.xml"));
    }

    @Test
    void usesThisCaravan() {
        assertThat(found("<caravan.version>(.*?)</caravan.version>", TEMPLATE))
                .hasSize(1)
                .isEqualTo(caravan());
    }

    private static List<String> caravan() {
        return found("<artifactId>caravan-parent</artifactId>\\s*<version>(.*?)</version>", "pom.xml");
    }

    private static List<String> found(String expression, String file) {
        return Repository.find(Pattern.compile(expression), Repository.text(file));
    }
}
