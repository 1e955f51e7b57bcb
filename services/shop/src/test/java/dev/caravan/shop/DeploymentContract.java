package dev.caravan.shop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.caravan.coordinator.LraCoordinatorApplication;
import dev.caravan.embeddedkafka.LoopbackPorts;
import dev.caravan.inventory.InventoryServiceApplication;
import dev.caravan.orchestrator.SagaOrchestratorApplication;
import dev.caravan.order.OrderServiceApplication;
import dev.caravan.payment.PaymentServiceApplication;
import dev.caravan.shipping.ShippingServiceApplication;
import dev.caravan.shop.ShopClient.Ports;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

/**
 * All programs of a deployment, each with exactly the variables that it has there. What differs is where the others are: names
 * of hosts become ports of this machine, and paths in an image become directories.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@ExtendWith(OneAtATime.class)
abstract class DeploymentContract {

    private static final Map<String, Class<?>> PROGRAMS = Map.of(
            "lra-coordinator", LraCoordinatorApplication.class,
            "saga-orchestrator", SagaOrchestratorApplication.class,
            "order-service", OrderServiceApplication.class,
            "payment-service", PaymentServiceApplication.class,
            "inventory-service", InventoryServiceApplication.class,
            "shipping-service", ShippingServiceApplication.class);

    private final Path directory = FreshDataDirectory.make("deployment");
    private final Map<String, Integer> ports = new TreeMap<>();
    private final Map<String, JavaProcess> processes = new LinkedHashMap<>();

    Path directory() {
        return directory;
    }

    /** Starts Kafka. */
    abstract void startKafka();

    abstract void stopKafka();

    /** The variables of each program. */
    abstract Map<String, Map<String, String>> variables();

    /** What a value is here: addresses and paths of Kafka's, and of what is mounted. */
    abstract String here(String value);

    /** Who the databases of the services belong to; the password is empty. */
    abstract String databaseUser();

    JavaProcess start(String program, Map<String, String> environment) {
        return JavaProcess.startAlone(directory, PROGRAMS.get(program), environment);
    }

    @BeforeAll
    void start() {
        startKafka();
        Deployment.mountRoutes(directory.resolve("routes"));
        Map<String, Map<String, String>> all = variables();
        assertThat(all.keySet()).isEqualTo(PROGRAMS.keySet());
        all.keySet().forEach(program -> ports.put(program, LoopbackPorts.free()));
        Map<String, Integer> health = new TreeMap<>();
        all.forEach((program, variables) -> {
            Map<String, String> environment = new TreeMap<>();
            variables.forEach((name, value) -> environment.put(name, onThisMachine(value)));
            assertThat(environment).containsEntry("SERVER_ADDRESS", "0.0.0.0");
            environment.put("SERVER_PORT", Integer.toString(ports.get(program)));
            health.put(program, ports.get(program));
            if (environment.containsKey("MANAGEMENT_SERVER_PORT")) {
                health.put(program, LoopbackPorts.free());
                environment.put("MANAGEMENT_SERVER_PORT", Integer.toString(health.get(program)));
            }
            processes.put(program, start(program, environment));
        });
        health.forEach((program, port) -> processes.get(program).ready(port));
    }

    private String onThisMachine(String value) {
        return here(value)
                .replace("saga-orchestrator:8090", "localhost:" + ports.get("saga-orchestrator"))
                .replace("payment-service:8082", "localhost:" + ports.get("payment-service"))
                .replace("lra-coordinator:8070", "localhost:" + ports.get("lra-coordinator"))
                .replaceAll(
                        "(?<![\\w./])/(data|routes)(?=$|/)",
                        directory.resolve("$1").toString());
    }

    @AfterAll
    void addsUp() {
        try {
            processes.values().forEach(JavaProcess::terminate);
            Invariants.holdIn(new ShopDatabase(of("order"), of("payment"), of("inventory"), of("shipping")));
        } finally {
            processes.values().forEach(JavaProcess::close);
            stopKafka();
        }
    }

    private DataSource of(String service) {
        return new DriverManagerDataSource(
                "jdbc:h2:file:" + directory.resolve("data").resolve(service + "-service")
                        + ";MODE=PostgreSQL;IFEXISTS=TRUE;AUTO_SERVER=FALSE",
                databaseUser(),
                "");
    }

    private ShopClient client() {
        return ShopClient.at(new Ports(
                ports.get("order-service"),
                ports.get("payment-service"),
                ports.get("inventory-service"),
                ports.get("shipping-service"),
                ports.get("saga-orchestrator"),
                ports.get("lra-coordinator")));
    }

    @Test
    void confirmsAnOrder() {
        assertThat(client().settled(OrderRequest.of("COFFEE", 2)).text("status"))
                .isEqualTo("CONFIRMED");
    }

    @Test
    void undoesAnOrderThatCannotBeShipped() {
        assertThat(client().settled(OrderRequest.of("COFFEE", 1).shippedTo("AQ"))
                        .text("status"))
                .isEqualTo("CANCELLED");
    }

    @Test
    void asksEverybodyElseForALogin() {
        int orchestrator = ports.get("saga-orchestrator");

        assertThat(client().post(orchestrator, "/api/sagas/order-saga", Map.of(), Map.of())
                        .status())
                .isIn(401, 403);
        for (String path : List.of("/api/sagas", "/api/sagas/saga-1", "/actuator/sagas")) {
            assertThat(client().get(orchestrator, path, Map.of()).status())
                    .as(path)
                    .isIn(401, 404);
        }
        assertThat(client().post(ports.get("lra-coordinator"), "/lra-coordinator/start", "", Map.of())
                        .status())
                .isEqualTo(401);
    }
}
