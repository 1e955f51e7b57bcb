package dev.caravan.saga.main;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.caravan.embeddedkafka.EmbeddedKafka;
import dev.caravan.embeddedkafka.EmbeddedKafkaOptions;
import dev.caravan.saga.SagaStatus;
import dev.caravan.saga.camel.SagaStarter;
import dev.caravan.saga.state.SagaState;
import dev.caravan.saga.state.StepState;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.camel.main.Main;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Sagas in plain camel-main: no Spring, route files, properties, real Kafka. */
class CamelMainIT {

    @TempDir
    private Path directory;

    @Test
    void runsTheRouteFilesOfTheTrip() throws Exception {
        try (EmbeddedKafka kafka = EmbeddedKafka.start(EmbeddedKafkaOptions.in(directory))) {
            Main main = new Main();
            main.addInitialProperty("camel.main.name", "trips");
            main.addInitialProperty("camel.main.configurationClasses", CaravanConfiguration.class.getName());
            main.addInitialProperty("camel.main.routesIncludePattern", "file:../docs/examples/trip/*.camel.yaml");
            main.addInitialProperty("camel.component.kafka.brokers", kafka.bootstrapServers());
            main.start();
            try {
                assertThat(end(main, "Oslo").status()).isEqualTo(SagaStatus.COMPLETED);
                SagaState venice = end(main, "Venice");
                assertThat(venice.status()).isEqualTo(SagaStatus.COMPENSATED);
                assertThat(venice.reason()).contains("There are no cars in Venice");
                assertThat(venice.steps().stream().map(StepState::status).map(Enum::name))
                        .isEqualTo(List.of("COMPENSATED", "COMPENSATED", "REJECTED"));
            } finally {
                main.stop();
            }
        }
    }

    @Test
    void encryptsSensitiveFieldsInTopics() throws Exception {
        try (EmbeddedKafka kafka = EmbeddedKafka.start(EmbeddedKafkaOptions.in(directory))) {
            Main main = new Main();
            main.addInitialProperty("camel.main.name", "trips");
            main.addInitialProperty("camel.main.configurationClasses", CaravanConfiguration.class.getName());
            main.addInitialProperty("camel.main.routesIncludePattern", "file:../docs/examples/trip/*.camel.yaml");
            main.addInitialProperty("camel.component.kafka.brokers", kafka.bootstrapServers());
            main.addInitialProperty("caravan.sensitive-fields", "traveller, booking");
            main.addInitialProperty("caravan.sensitive-keys", "2026:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=");
            main.start();
            try {
                SagaState oslo = main.lookup("caravanSagaStarter", SagaStarter.class)
                        .start("direct:trip", Map.of("traveller", "ann-of-cleves", "city", "Oslo"), "a-trip", Map.of())
                        .ended()
                        .get(30, TimeUnit.SECONDS);
                assertThat(oslo.status()).isEqualTo(SagaStatus.COMPLETED);
                assertThat(oslo.start().body().path("traveller").textValue()).isEqualTo("ann-of-cleves");
            } finally {
                main.stop();
            }
        }
        assertThat(segmentsWith("ann-of-cleves")).isEmpty();
        assertThat(segmentsWith("enc:v1:2026:")).anyMatch(file -> file.contains("saga-logs-"));
        assertThat(segmentsWith("\"city\":\"Oslo\"")).anyMatch(file -> file.contains("-commands-"));
    }

    private List<String> segmentsWith(String text) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            List<String> found = new ArrayList<>();
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                if (new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1).contains(text)) {
                    found.add(file.toString());
                }
            }
            return found;
        }
    }

    @Test
    void doesNotStartWithoutAKeyForSensitiveFields() {
        Main main = new Main();
        main.addInitialProperty("camel.main.name", "trips");
        main.addInitialProperty("camel.main.configurationClasses", CaravanConfiguration.class.getName());
        main.addInitialProperty("camel.component.kafka.brokers", "127.0.0.1:1");
        main.addInitialProperty("caravan.sensitive-fields", "traveller");

        assertThatThrownBy(main::start)
                .rootCause()
                .hasMessageContaining("caravan.sensitive-fields names [traveller], and there is no key");
    }

    private static SagaState end(Main main, String city) throws Exception {
        return main.lookup("caravanSagaStarter", SagaStarter.class)
                .start("direct:trip", Map.of("traveller", "ann", "city", city), "ann", Map.of())
                .ended()
                .get(30, TimeUnit.SECONDS);
    }
}
