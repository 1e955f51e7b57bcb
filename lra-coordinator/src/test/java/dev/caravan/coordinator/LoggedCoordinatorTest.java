package dev.caravan.coordinator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.caravan.embeddedkafka.EmbeddedKafka;
import dev.caravan.embeddedkafka.EmbeddedKafkaOptions;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.context.ConfigurableApplicationContext;

/** The coordinator of kind {@code log} gives the same answers, and several of them have the same LRAs. */
class LoggedCoordinatorTest extends EmbeddedCoordinatorTest {

    @TempDir
    static Path directory;

    private static EmbeddedKafka kafka;

    @BeforeAll
    static void startKafka() {
        kafka = EmbeddedKafka.start(EmbeddedKafkaOptions.in(directory));
    }

    @AfterAll
    static void stopKafka() {
        kafka.close();
    }

    @Override
    String[] kind() {
        return new String[] {
            "caravan.lra.coordinator.kind=log",
            "caravan.lra.coordinator.log.kafka.bootstrap.servers=" + kafka.bootstrapServers()
        };
    }

    @Test
    void servesAnLraFromAnyInstance() {
        try (ConfigurableApplicationContext other = start(Application.class)) {
            LraClient there = client(port(other), other);
            String lra = client.start();
            String thereToo = lra.replaceFirst(":[0-9]+/", ":" + port(other) + "/");
            client.join(lra, participants.link("one", "compensate"));
            there.join(thereToo, participants.link("two", "compensate"));
            client.join(lra, participants.link("three", "compensate"));

            assertThat(there.cancel(thereToo).body()).isEqualTo("Cancelled");

            assertThat(participants.calls()).containsExactly("three/compensate", "two/compensate", "one/compensate");
            assertThat(client.status(lra).statusCode()).isEqualTo(404);
            assertThat(there.status(thereToo).statusCode()).isEqualTo(404);
        }
    }
}
