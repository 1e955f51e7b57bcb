package dev.caravan.shop.crash;

import static org.assertj.core.api.Assertions.assertThat;

import dev.caravan.embeddedkafka.EmbeddedKafka;
import dev.caravan.embeddedkafka.EmbeddedKafkaOptions;
import dev.caravan.shop.FreshDataDirectory;
import dev.caravan.shop.Invariants;
import dev.caravan.shop.ShopProcess;
import dev.caravan.testing.HangLimit;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The shop is killed again and again while orders are under way. Kafka lives elsewhere. */
class CrashIT {

    /**
     * Killed when steps are enlisted and their commands about to be sent; when commands are done and their replies
     * on the way; when steps are being undone. Other sagas are elsewhere at the same moment.
     */
    @ParameterizedTest
    @EnumSource
    void losesNoOrderAndDoublesNoEffectHoweverOftenTheShopIsKilled(Mode mode) throws Exception {
        Path directory = FreshDataDirectory.make("crash");
        try (EmbeddedKafka kafka = EmbeddedKafka.start(EmbeddedKafkaOptions.in(directory.resolve("kafka")));
                ShopProcess shop = new ShopProcess(directory, mode.settings(kafka.bootstrapServers()));
                Customers customers = new Customers(order -> shop.client().post(order, Map.of()))) {
            shop.start();
            try (SagaLogWatch watch = new SagaLogWatch(kafka.bootstrapServers())) {
                killAtThe(25, "ENLIST", shop, customers, watch);
                killAtThe(20, "SUCCESS", shop, customers, watch);
                killAtThe(8, "COMPENSATE_SUCCESS", shop, customers, watch);
            }

            Aftermath aftermath = Aftermath.in(kafka.bootstrapServers())
                    .allEndAsTheirDataSay(customers.accepted())
                    .compensationsRanInReverseOrder();
            assertThat(aftermath.takenOver()).as("sagas that were under way").isPositive();
            Invariants.hold(shop.client(), kafka.bootstrapServers());
            shop.terminate();
            Invariants.holdIn(shop.database());
        }
    }

    private static void killAtThe(int count, String event, ShopProcess shop, Customers customers, SagaLogWatch watch)
            throws Exception {
        var killed = watch.next(event, count).thenRun(shop::kill);
        customers.place(Customers.sixteen(new Random(count)));
        killed.get(HangLimit.SECONDS, TimeUnit.SECONDS);
        shop.start();
    }
}
