package dev.caravan.saga.main;

import static org.assertj.core.api.Assertions.assertThat;

import dev.caravan.embeddedkafka.EmbeddedKafka;
import dev.caravan.embeddedkafka.EmbeddedKafkaOptions;
import dev.caravan.saga.SagaStatus;
import dev.caravan.saga.camel.SagaStarter;
import dev.caravan.saga.machine.SagaState;
import dev.caravan.saga.machine.StepState;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
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

    private static SagaState end(Main main, String city) throws Exception {
        return main.lookup("caravanSagaStarter", SagaStarter.class)
                .start("direct:trip", Map.of("traveller", "ann", "city", city), "ann", Map.of())
                .ended()
                .get(30, TimeUnit.SECONDS);
    }
}
