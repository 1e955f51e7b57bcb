package dev.caravan.shop.crash;

import dev.caravan.embeddedkafka.EmbeddedKafka;
import dev.caravan.embeddedkafka.EmbeddedKafkaOptions;
import dev.caravan.shop.FreshDataDirectory;
import dev.caravan.shop.Invariants;
import dev.caravan.shop.ShopProcess;
import dev.caravan.testing.HangLimit;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The broker goes away while orders are under way, and comes back with what it had. */
class BrokerCrashIT {

    @ParameterizedTest
    @EnumSource
    void goesOnWhenTheBrokerIsRestarted(Mode mode) throws Exception {
        Path directory = FreshDataDirectory.make("broker");
        EmbeddedKafkaOptions options = EmbeddedKafkaOptions.in(directory.resolve("kafka"));
        EmbeddedKafka kafka = EmbeddedKafka.start(options);
        String brokers = kafka.bootstrapServers();
        try (ShopProcess shop = new ShopProcess(directory, mode.settings(brokers));
                Customers customers = new Customers(order -> shop.client().post(order, Map.of()))) {
            shop.start();
            CompletableFuture<Void> reached;
            try (SagaLogWatch watch = new SagaLogWatch(brokers)) {
                reached = watch.next("SUCCESS", 10);
                customers.place(Customers.sixteen(new Random(1)));
                reached.get(HangLimit.SECONDS, TimeUnit.SECONDS);
            }
            kafka.close();
            kafka = EmbeddedKafka.start(options.withPort(kafka.port()));

            check(shop, brokers, customers);
        } finally {
            kafka.close();
        }
    }

    /** The shop as it is by default: broker, coordinator, services and orchestrator die at once. */
    @Test
    void goesOnWhenTheBrokerIsKilledWithAllTheRest() throws Exception {
        try (ShopProcess shop = new ShopProcess(FreshDataDirectory.make("all"), "--order.saga.step-timeout=120s");
                Customers customers = new Customers(order -> shop.client().post(order, Map.of()))) {
            shop.start();
            try (SagaLogWatch watch = new SagaLogWatch(shop.brokers())) {
                CompletableFuture<Void> killed = watch.next("SUCCESS", 20).thenRun(shop::kill);
                customers.place(Customers.sixteen(new Random(1)));
                killed.get(HangLimit.SECONDS, TimeUnit.SECONDS);
            }
            shop.start();

            check(shop, shop.brokers(), customers);
        }
    }

    private static void check(ShopProcess shop, String brokers, Customers customers) {
        Aftermath.in(brokers).allEndAsTheirDataSay(customers.accepted()).compensationsRanInReverseOrder();
        Invariants.hold(shop.client(), brokers);
        shop.terminate();
        Invariants.holdIn(shop.database());
    }
}
