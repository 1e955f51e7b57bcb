package dev.caravan.shop;

import dev.caravan.embeddedkafka.EmbeddedKafka;
import dev.caravan.embeddedkafka.EmbeddedKafkaOptions;
import java.util.Map;
import org.junit.jupiter.api.Tag;

/** The programs of the compose file. */
@Tag("thorough")
class ComposeDeploymentIT extends DeploymentContract {

    private EmbeddedKafka kafka;

    @Override
    void startKafka() {
        kafka = EmbeddedKafka.start(EmbeddedKafkaOptions.in(directory().resolve("kafka")));
    }

    @Override
    void stopKafka() {
        kafka.close();
    }

    @Override
    String databaseUser() {
        return "";
    }

    @Override
    Map<String, Map<String, String>> variables() {
        return Deployment.ofCompose();
    }

    @Override
    String here(String value) {
        return value.replace("kafka:9092", kafka.bootstrapServers())
                .replace("jdbc:h2:file:/data/", "jdbc:h2:file:" + directory().resolve("data") + "/");
    }
}
