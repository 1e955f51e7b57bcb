package dev.caravan.shop;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.caravan.shop.ShopClient.Placed;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The shop as a process: it ends, it comes back, and it says why it cannot. */
class ShopRestartIT {

    private static final int SIGTERM = 143;

    @Test
    @Tag("thorough")
    void findsItsOrdersAndSagasAgainHoweverItWasStopped() {
        try (ShopProcess shop = new ShopProcess(FreshDataDirectory.make("restart"))) {
            Placed first = shop.start().client().place(OrderRequest.of("COFFEE", 1));
            JsonNode firstSaga = shop.client().ended(first.sagaId()).json();
            assertThat(shop.terminate()).isEqualTo(SIGTERM);

            Placed second = shop.start().client().place(OrderRequest.of("GRINDER", 2));
            JsonNode secondSaga = shop.client().ended(second.sagaId()).json();
            assertThat(shop.client().saga(first.sagaId()).json()).isEqualTo(firstSaga);
            assertThat(shop.client().order(first.orderId()).text("status")).isEqualTo("CONFIRMED");
            assertThat(secondSaga.path("status").asText()).isEqualTo("COMPLETED");
            shop.kill();

            Placed third =
                    shop.start().client().place(OrderRequest.of("COFFEE", 1).shippedTo("AQ"));
            assertThat(shop.client().ended(third.sagaId()).status()).isEqualTo("COMPENSATED");
            assertThat(shop.client().saga(second.sagaId()).json()).isEqualTo(secondSaga);
            assertThat(shop.client().sagas("").body())
                    .extracting(saga -> saga.path("sagaId").asText())
                    .containsExactly(third.sagaId(), second.sagaId(), first.sagaId());

            saysInOneLine(shop.launch("--server.port=0", "--caravan.shop.kafka-port=0"), "is in use by another broker");
            Invariants.hold(shop.client(), shop.brokers());
            assertThat(shop.terminate()).isEqualTo(SIGTERM);
            assertThat(shop.process().standardError()).isEmpty();
            Invariants.holdIn(shop.database());
        }
    }

    @Test
    @Tag("thorough")
    void saysThatItsPortIsInUse() throws Exception {
        ShopProcess shop = new ShopProcess(FreshDataDirectory.make("port"));
        try (ServerSocket taken = new ServerSocket(shop.port(), 1, InetAddress.getLoopbackAddress())) {
            saysInOneLine(shop.launch(), "port " + taken.getLocalPort() + " is in use");
        }
    }

    @Test
    void saysThatItsKafkaPortIsInUse() throws Exception {
        ShopProcess shop = new ShopProcess(FreshDataDirectory.make("port"));
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            saysInOneLine(
                    shop.launch("--caravan.shop.kafka-port=" + taken.getLocalPort()),
                    "Port " + taken.getLocalPort() + " is in use");
        }
    }

    @Test
    void saysThatItsDataDirectoryCannotBeWritten() throws Exception {
        Path directory = FreshDataDirectory.make("data");
        ShopProcess shop = new ShopProcess(directory);
        Files.writeString(shop.data(), "a file in its place");

        saysInOneLine(shop.launch(), shop.data().toString());
    }

    @Test
    @Tag("thorough")
    void saysThatKafkaCannotBeReachedWhenItsPatienceEnds() {
        ShopProcess shop = new ShopProcess(FreshDataDirectory.make("kafka"));

        saysInOneLine(
                shop.launch("--camel.component.kafka.brokers=127.0.0.1:1", "--caravan.kafka-timeout=3s"),
                "Kafka at 127.0.0.1:1");
    }

    @Test
    @Tag("thorough")
    void saysThatItsDatabaseCannotBeReached() {
        ShopProcess shop = new ShopProcess(FreshDataDirectory.make("database"));

        saysInOneLine(
                shop.launch("--spring.datasource.url=jdbc:postgresql://127.0.0.1:1/shop?connectTimeout=1"),
                "spring.datasource.url");
    }

    private static void saysInOneLine(JavaProcess shop, String why) {
        shop.saysInOneLineWhyItCannotStart("The shop cannot start: ", why);
    }
}
