package dev.caravan.shop.crash;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.caravan.coordinator.LraCoordinatorApplication;
import dev.caravan.embeddedkafka.EmbeddedKafka;
import dev.caravan.embeddedkafka.EmbeddedKafkaOptions;
import dev.caravan.embeddedkafka.LoopbackPorts;
import dev.caravan.shop.FreshDataDirectory;
import dev.caravan.shop.Invariants;
import dev.caravan.shop.JavaProcess;
import dev.caravan.shop.OrderRequest;
import dev.caravan.shop.SagaTopic;
import dev.caravan.shop.ShopClient;
import dev.caravan.testing.HangLimit;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** The LRA coordinator, in a process of its own, is killed while it closes some sagas and cancels others. */
class CoordinatorCrashIT {

    private static final int OF_EACH = 8;

    private final Path directory = FreshDataDirectory.make("coordinator");
    private final int port = LoopbackPorts.free();

    @Test
    void endsEverySagaAsItWasDecidedWhenTheCoordinatorIsKilledDuringCloseAndCancel() throws Exception {
        try (EmbeddedKafka kafka = EmbeddedKafka.start(EmbeddedKafkaOptions.in(directory.resolve("kafka")));
                JavaProcess coordinator = launch();
                Orchestrator orchestrator = new Orchestrator(
                        directory.resolve("orchestrator"),
                        Mode.LRA.settings(
                                kafka.bootstrapServers(),
                                "--caravan.lra.coordinator.embedded=false",
                                "--camel.lra.coordinator-url=http://localhost:" + port));
                Services withoutShipping = new Services(
                        directory, kafka.bootstrapServers(), "order-service", "payment-service", "inventory-service");
                Services services = new Services(directory, kafka.bootstrapServers());
                Customers customers = new Customers(orchestrator::start)) {
            orchestrator.launch();
            withoutShipping.start();
            coordinator.ready(port);
            orchestrator.ready();
            customers.place(OrderRequest.of("COFFEE", 1), OF_EACH);
            customers.place(OrderRequest.of("COFFEE", 1).shippedTo("AQ"), OF_EACH);
            await().until(() -> SagaTopic.read(kafka.bootstrapServers(), "shipping-service-commands")
                            .size()
                    == 2 * OF_EACH);
            withoutShipping.terminate();

            CompletableFuture<Void> killed;
            try (SagaLogWatch watch = new SagaLogWatch(kafka.bootstrapServers())) {
                killed = CompletableFuture.allOf(watch.next("COMPLETE_SUCCESS", 2), watch.next("COMPENSATE_SUCCESS", 2))
                        .thenRun(coordinator::kill);
                services.start();
                killed.get(HangLimit.SECONDS, TimeUnit.SECONDS);
            }

            try (JavaProcess again = launch().ready(port)) {
                Aftermath aftermath = Aftermath.in(kafka.bootstrapServers())
                        .allEndAsTheirDataSay(customers.accepted())
                        .compensationsRanInReverseOrder();
                ShopClient coordinators = ShopClient.at(port);
                await().untilAsserted(() -> assertThat(coordinators.openLras()).isEmpty());
                Invariants.holdIn(services.databaseAtTheEnd());
                aftermath.everyEffectIsThereOrUndone(services.process().database());
                again.terminate();
            }
        }
    }

    private JavaProcess launch() {
        return JavaProcess.startAlone(
                directory,
                LraCoordinatorApplication.class,
                "--port=" + port,
                "--store=" + directory.resolve("lra-coordinator"),
                "--recovery-period=200ms");
    }
}
