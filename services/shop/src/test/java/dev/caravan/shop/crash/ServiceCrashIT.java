package dev.caravan.shop.crash;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.caravan.embeddedkafka.EmbeddedKafka;
import dev.caravan.embeddedkafka.EmbeddedKafkaOptions;
import dev.caravan.saga.Step;
import dev.caravan.saga.StepStatus;
import dev.caravan.shop.FreshDataDirectory;
import dev.caravan.shop.Invariants;
import dev.caravan.shop.OrderRequest;
import dev.caravan.shop.SagaTopic;
import dev.caravan.shop.ShopClient;
import dev.caravan.testing.RepliesGate;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A service is killed when it has committed what it was asked for and has not said so. */
class ServiceCrashIT {

    private static final int ORDERS = 8;

    /** Longer than three starts of the services take on the slowest of machines. */
    private static final Duration AWAY = Duration.ofMinutes(15);

    private static final Step PAYMENT = new Step("PROCESS_PAYMENT", 1);

    @Test
    void takesNoPaymentTwiceWhenTheServiceIsKilledBetweenItsCommitAndItsReply() throws Exception {
        Path directory = FreshDataDirectory.make("service");
        try (EmbeddedKafka kafka = EmbeddedKafka.start(EmbeddedKafkaOptions.in(directory.resolve("kafka")));
                Orchestrator orchestrator = new Orchestrator(
                        directory.resolve("orchestrator"), Mode.LOG.settings(AWAY, kafka.bootstrapServers()));
                Services orderService = new Services(directory, kafka.bootstrapServers(), "order-service");
                Services services = new Services(directory, kafka.bootstrapServers());
                Customers customers = new Customers(orchestrator::start)) {
            orchestrator.launch();
            orderService.start();
            orchestrator.ready();
            customers.place(OrderRequest.of("COFFEE", 1), ORDERS - 2);
            customers.place(OrderRequest.of("COFFEE", 1).shippedTo("AQ"), 2);
            await().until(() -> SagaTopic.read(kafka.bootstrapServers(), "payment-service-commands")
                            .size()
                    == ORDERS);
            orderService.terminate();

            RepliesGate gate = new RepliesGate(kafka.bootstrapServers());
            gate.close();
            services.start();
            ShopClient shop = services.process().client();
            List<String> orderIds = SagaTopic.entries(kafka.bootstrapServers()).values().stream()
                    .map(entries -> Aftermath.state(entries).start().key())
                    .toList();
            await().untilAsserted(() -> assertThat(orderIds).hasSize(ORDERS).allSatisfy(orderId -> assertThat(
                            shop.payments(orderId))
                    .extracting(payment -> payment.path("status").asText())
                    .containsExactly("COMPLETED")));
            services.kill();
            assertThat(SagaTopic.entries(kafka.bootstrapServers()).values()).allSatisfy(entries -> assertThat(
                            Aftermath.state(entries).step(PAYMENT).orElseThrow().status())
                    .isEqualTo(StepStatus.ENLISTED));
            gate.open();
            services.start();

            Aftermath aftermath = Aftermath.in(kafka.bootstrapServers())
                    .allEndAsTheirDataSay(customers.accepted())
                    .compensationsRanInReverseOrder();
            Invariants.holdIn(services.databaseAtTheEnd());
            aftermath.everyEffectIsThereOrUndone(services.process().database());
        }
    }
}
