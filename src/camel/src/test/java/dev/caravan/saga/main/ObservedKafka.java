package dev.caravan.saga.main;

import dev.caravan.embeddedkafka.EmbeddedKafka;
import dev.caravan.embeddedkafka.EmbeddedKafkaOptions;
import dev.caravan.saga.engine.SagaHost;
import dev.caravan.saga.state.SagaLog;
import dev.caravan.testing.HangLimit;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.main.Main;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;

/** Kafka with topics of a test, and an application that runs no sagas: it sees those of others, and sends what starts them. */
final class ObservedKafka implements AutoCloseable {

    private final EmbeddedKafka kafka;
    private final Main observer = new Main();

    ObservedKafka(Path directory, NewTopic... topics) throws Exception {
        kafka = EmbeddedKafka.start(EmbeddedKafkaOptions.in(directory));
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", brokers()))) {
            admin.createTopics(List.of(topics)).all().get(HangLimit.SECONDS, TimeUnit.SECONDS);
        }
        observer.addInitialProperty("camel.main.name", "observer");
        observer.addInitialProperty("camel.main.configurationClasses", CaravanConfiguration.class.getName());
        observer.addInitialProperty("camel.component.kafka.brokers", brokers());
        observer.start();
    }

    String brokers() {
        return kafka.bootstrapServers();
    }

    SagaLog log() {
        return observer.lookup("caravanSagaHost", SagaHost.class).log();
    }

    void send(String topic, String... bodies) {
        ProducerTemplate producer = observer.getCamelContext().createProducerTemplate();
        for (String body : bodies) {
            producer.sendBody("kafka:" + topic, body);
        }
    }

    @Override
    public void close() {
        observer.stop();
        kafka.close();
    }
}
