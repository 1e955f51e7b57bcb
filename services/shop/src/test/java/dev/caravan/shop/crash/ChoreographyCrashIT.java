package dev.caravan.shop.crash;

import static org.assertj.core.api.Assertions.assertThat;

import dev.caravan.embeddedkafka.EmbeddedKafka;
import dev.caravan.embeddedkafka.EmbeddedKafkaOptions;
import dev.caravan.shop.EventServices;
import dev.caravan.shop.FreshDataDirectory;
import dev.caravan.shop.Invariants;
import dev.caravan.shop.ShopClient;
import dev.caravan.testing.HangLimit;
import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Each service of the choreography is killed while orders are under way by events. Kafka lives elsewhere. */
class ChoreographyCrashIT {

    /** When it has joined sagas and is at work; when its work is done and its event is on the way; while steps are undone. */
    @ParameterizedTest
    @EnumSource
    void losesNoOrderAndDoublesNoEffectWhicheverServiceIsKilled(Mode mode) throws Exception {
        Path directory = FreshDataDirectory.make("choreography-crash");
        try (EmbeddedKafka kafka = EmbeddedKafka.start(EmbeddedKafkaOptions.in(directory.resolve("kafka")));
                EventServices services =
                        new EventServices(directory, kafka.bootstrapServers(), mode, "--order.saga.timeout=10m")) {
            ShopClient shop = services.start().client();
            try (Customers customers = new Customers(shop::postByEvents)) {
                try (SagaLogWatch watch = new SagaLogWatch(kafka.bootstrapServers())) {
                    killAtThe(20, "ENLIST", "payment", services, customers, watch);
                    killAtThe(20, "SUCCESS", "inventory", services, customers, watch);
                    killAtThe(5, "COMPENSATE_SUCCESS", "order", services, customers, watch);
                    killAtThe(25, "SUCCESS", "shipping", services, customers, watch);
                }

                Aftermath aftermath = Aftermath.in(kafka.bootstrapServers())
                        .allEndAsTheirDataSay(customers.accepted())
                        .compensationsRanInReverseOrder();
                assertThat(aftermath.takenOver())
                        .as("sagas that were under way")
                        .isPositive();
                Invariants.hold(shop, kafka.bootstrapServers());
                Invariants.holdIn(services.databaseAtTheEnd());
            }
        }
    }

    private static void killAtThe(
            int count, String event, String service, EventServices services, Customers customers, SagaLogWatch watch)
            throws Exception {
        var killed = watch.next(event, count).thenRun(() -> services.kill(service));
        customers.place(Customers.sixteen(new Random(count)));
        killed.get(HangLimit.SECONDS, TimeUnit.SECONDS);
        services.launch(service);
        services.ready(service);
    }
}
