package dev.caravan.saga.main;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.caravan.embeddedkafka.EmbeddedKafka;
import dev.caravan.embeddedkafka.EmbeddedKafkaOptions;
import dev.caravan.saga.SagaId;
import dev.caravan.saga.SagaStatus;
import dev.caravan.saga.camel.SagaConstants;
import dev.caravan.saga.camel.SagaKeys;
import dev.caravan.saga.engine.SagaHost;
import dev.caravan.saga.kafka.KafkaClients;
import dev.caravan.saga.kafka.Topics;
import dev.caravan.saga.state.SagaState;
import dev.caravan.testing.HangLimit;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.main.Main;
import org.apache.camel.model.SagaPropagation;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A purchase of a record in Kafka waits while its application is restarted twice; then it is answered. */
class AwaitIT {

    private final List<Object> bought = new CopyOnWriteArrayList<>();

    @TempDir
    private Path directory;

    private EmbeddedKafka kafka;
    private Main main;

    private final class Purchase extends RouteBuilder {

        @Override
        public void configure() {
            from("kafka:purchases?groupId=purchases&autoOffsetReset=earliest")
                    .routeId("purchase")
                    .setHeader(SagaConstants.SAGA_KEY, body())
                    .saga()
                    .propagation(SagaPropagation.REQUIRES_NEW)
                    .to("saga-await:approval?timeout=48h")
                    .process(exchange -> bought.add(exchange.getMessage().getBody()));
            from("kafka:approvals?groupId=approvals&autoOffsetReset=earliest")
                    .routeId("approvals")
                    .setHeader(SagaConstants.SAGA_KEY, header("kafka.KEY"))
                    .to("saga-signal:approval");
        }
    }

    @BeforeEach
    void starts() throws Exception {
        kafka = EmbeddedKafka.start(EmbeddedKafkaOptions.in(directory));
        try (KafkaClients clients = KafkaClients.of(kafka.bootstrapServers())) {
            new Topics(clients, 1, HangLimit.TIME).ensure(List.of("purchases", "approvals"), Map.of());
        }
        startMain();
        send("purchases", null, "a desk");
        awaitApproval();
        for (int restart = 0; restart < 2; restart++) {
            main.stop();
            startMain();
            awaitApproval();
        }
    }

    @AfterEach
    void stops() {
        main.stop();
        kafka.close();
    }

    private void startMain() throws Exception {
        main = new Main();
        main.addInitialProperty("camel.main.name", "purchases");
        main.addInitialProperty("camel.main.configurationClasses", CaravanConfiguration.class.getName());
        main.addInitialProperty("camel.component.kafka.brokers", kafka.bootstrapServers());
        main.configure().addRoutesBuilder(new Purchase());
        main.start();
    }

    private void send(String topic, String key, String text) {
        main.getCamelContext().createProducerTemplate().sendBodyAndHeader("kafka:" + topic, text, "kafka.KEY", key);
    }

    private SagaHost host() {
        return main.lookup("caravanSagaHost", SagaHost.class);
    }

    private SagaState state() {
        return main.lookup("caravanSagaKeys", SagaKeys.class)
                .find("a desk")
                .join()
                .map(found -> host().read(found))
                .orElse(SagaState.initial(new SagaId("none")));
    }

    /** Here, and in no exchange. */
    private void awaitApproval() {
        await().atMost(60, TimeUnit.SECONDS)
                .until(() -> !state().awaiting().isEmpty()
                        && host().live(state().sagaId()).isPresent()
                        && main.getCamelContext().getInflightRepository().size() == 0);
    }

    private void assertBought(String answer) {
        await().atMost(60, TimeUnit.SECONDS)
                .untilAsserted(() -> assertThat(state().status()).isEqualTo(SagaStatus.COMPLETED));
        assertThat(bought).containsExactly(answer);
    }

    @Test
    void isAnsweredByAnEventWithItsKey() {
        send("approvals", "a desk", "yes");

        assertBought("yes");
    }

    @Test
    void isAnsweredByAReply() {
        String sagaId = state().sagaId().value();

        send(
                "saga-replies",
                sagaId,
                "{\"sagaId\": \"%s\", \"step\": \"APPROVAL\", \"status\": \"SUCCESS\", \"result\": \"yes\"}"
                        .formatted(sagaId));

        assertBought("yes");
    }
}
