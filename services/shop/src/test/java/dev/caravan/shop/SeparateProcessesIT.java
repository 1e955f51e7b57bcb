package dev.caravan.shop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.caravan.coordinator.LraCoordinatorApplication;
import dev.caravan.embeddedkafka.EmbeddedKafka;
import dev.caravan.embeddedkafka.EmbeddedKafkaOptions;
import dev.caravan.embeddedkafka.LoopbackPorts;
import dev.caravan.inventory.InventoryServiceApplication;
import dev.caravan.orchestrator.SagaOrchestratorApplication;
import dev.caravan.order.OrderServiceApplication;
import dev.caravan.payment.PaymentServiceApplication;
import dev.caravan.shipping.ShippingServiceApplication;
import dev.caravan.shop.ShopClient.Placed;
import dev.caravan.shop.ShopClient.Ports;
import dev.caravan.shop.ShopClient.Saga;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

/** Each service, the orchestrator and the coordinator in a process of its own, with a database of its own. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@ExtendWith(OneAtATime.class)
@Tag("thorough")
class SeparateProcessesIT {

    private final Path directory = FreshDataDirectory.make("separate");
    private final Ports ports = new Ports(
            LoopbackPorts.free(),
            LoopbackPorts.free(),
            LoopbackPorts.free(),
            LoopbackPorts.free(),
            LoopbackPorts.free(),
            LoopbackPorts.free());
    private final ShopClient shop = ShopClient.at(ports);
    private final List<JavaProcess> processes = new ArrayList<>();
    private final EmbeddedKafka kafka = EmbeddedKafka.start(EmbeddedKafkaOptions.in(directory.resolve("kafka")));

    @BeforeAll
    void start() {
        JavaProcess coordinator = start(
                LraCoordinatorApplication.class,
                "--port=" + ports.coordinator(),
                "--store=" + directory.resolve("lra-coordinator"),
                "--recovery-period=200ms");
        JavaProcess orchestrator = start(
                SagaOrchestratorApplication.class,
                "--server.port=" + ports.sagas(),
                brokers(),
                "--caravan.lra.coordinator.embedded=false",
                "--camel.lra.coordinator-url=http://localhost:" + ports.coordinator());
        JavaProcess orders = start(
                OrderServiceApplication.class,
                "--server.port=" + ports.orders(),
                brokers(),
                "--caravan.orders.orchestrator-url=http://localhost:" + ports.sagas(),
                "--caravan.orders.gateway-url=http://localhost:" + ports.payments() + "/sandbox/gateway");
        JavaProcess payments = start(PaymentServiceApplication.class, "--server.port=" + ports.payments(), brokers());
        JavaProcess inventory =
                start(InventoryServiceApplication.class, "--server.port=" + ports.inventory(), brokers());
        JavaProcess shipping = start(ShippingServiceApplication.class, "--server.port=" + ports.shipping(), brokers());
        coordinator.ready(ports.coordinator());
        orchestrator.ready(ports.sagas());
        orders.ready(ports.orders());
        payments.ready(ports.payments());
        inventory.ready(ports.inventory());
        shipping.ready(ports.shipping());
    }

    private JavaProcess start(Class<?> program, String... arguments) {
        JavaProcess process = JavaProcess.startAlone(directory, program, arguments);
        processes.add(process);
        return process;
    }

    private String brokers() {
        return "--camel.component.kafka.brokers=" + kafka.bootstrapServers();
    }

    @AfterAll
    void leavesNothingPendingAndEverythingAddsUp() {
        try (kafka) {
            Invariants.hold(shop, kafka.bootstrapServers());
            processes.forEach(JavaProcess::terminate);
            assertThat(processes)
                    .allSatisfy(process -> assertThat(process.standardError()).isEmpty());
            Invariants.holdIn(database());
            assertThat(EveryFile.containing(directory, OrderRequest.GOOD_CARD)).isEmpty();
        } finally {
            processes.forEach(JavaProcess::close);
        }
    }

    private ShopDatabase database() {
        return new ShopDatabase(of("order"), of("payment"), of("inventory"), of("shipping"));
    }

    private DataSource of(String service) {
        return new DriverManagerDataSource(
                "jdbc:h2:file:" + directory.resolve("data").resolve(service + "-service")
                        + ";MODE=PostgreSQL;IFEXISTS=TRUE;AUTO_SERVER=FALSE");
    }

    @Test
    void completesAGoodOrder() {
        Placed placed = shop.place(OrderRequest.of("COFFEE", 2));

        assertThat(shop.ended(placed.sagaId()).status()).isEqualTo("COMPLETED");
        assertThat(shop.order(placed.orderId()).text("status")).isEqualTo("CONFIRMED");
    }

    @Test
    void undoesAnOrderThatCannotBeShipped() {
        Placed placed = shop.place(OrderRequest.of("COFFEE", 1).shippedTo("AQ"));
        Saga saga = shop.ended(placed.sagaId());

        assertThat(saga.status()).isEqualTo("COMPENSATED");
        assertThat(saga.compensations()).containsExactly("RESERVE_INVENTORY", "PROCESS_PAYMENT", "CREATE_ORDER");
        assertThat(shop.order(placed.orderId()).text("status")).isEqualTo("CANCELLED");
    }

    @Test
    void showsAnOrderFromTheMomentItIsAccepted() {
        for (int i = 0; i < 10; i++) {
            assertThat(shop.order(shop.place(OrderRequest.of("COFFEE", 1)).orderId())
                            .status())
                    .isEqualTo(200);
        }
    }

    @Test
    void saysInOneLineWhyAServiceCannotStart() {
        JavaProcess.startAlone(
                        FreshDataDirectory.make("alone"),
                        OrderServiceApplication.class,
                        "--server.port=" + ports.payments(),
                        brokers())
                .saysInOneLineWhyItCannotStart(
                        "The order service cannot start: ", "port " + ports.payments() + " is in use");
    }
}
