package dev.caravan.shop;

import dev.caravan.coordinator.LraCoordinatorApplication;
import dev.caravan.embeddedkafka.LoopbackPorts;
import dev.caravan.inventory.InventoryServiceApplication;
import dev.caravan.order.OrderServiceApplication;
import dev.caravan.payment.PaymentServiceApplication;
import dev.caravan.shipping.ShippingServiceApplication;
import dev.caravan.shop.ShopClient.Ports;
import dev.caravan.shop.crash.Mode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.sql.DataSource;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

/**
 * The four services of a choreography, each in a process of its own with a database of its own, and in mode lra a
 * coordinator. Each can be killed and started again.
 */
public final class EventServices implements AutoCloseable {

    private static final Map<String, Class<?>> PROGRAMS = new LinkedHashMap<>();

    static {
        PROGRAMS.put("order", OrderServiceApplication.class);
        PROGRAMS.put("payment", PaymentServiceApplication.class);
        PROGRAMS.put("inventory", InventoryServiceApplication.class);
        PROGRAMS.put("shipping", ShippingServiceApplication.class);
    }

    private final Path directory;
    private final Map<String, Integer> ports = new LinkedHashMap<>();
    private final Map<String, JavaProcess> processes = new LinkedHashMap<>();
    private final List<String> settings = new ArrayList<>();
    private final int coordinatorPort = LoopbackPorts.free();
    private JavaProcess coordinator;

    public EventServices(Path directory, String brokers, Mode mode, String... more) {
        this.directory = directory;
        PROGRAMS.keySet().forEach(service -> ports.put(service, LoopbackPorts.free()));
        settings.add("--spring.profiles.active=choreography");
        settings.add("--camel.component.kafka.brokers=" + brokers);
        settings.add("--caravan.coordinator=" + mode.name().toLowerCase());
        settings.add("--camel.lra.coordinator-url=http://localhost:" + coordinatorPort);
        settings.add("--caravan.compensation.initial-delay=200ms");
        settings.add("--caravan.orders.gateway-url=http://localhost:" + ports.get("payment") + "/sandbox/gateway");
        settings.addAll(List.of(more));
        if (mode == Mode.LRA) {
            coordinator = JavaProcess.startAlone(
                    directory,
                    LraCoordinatorApplication.class,
                    "--port=" + coordinatorPort,
                    "--store=" + directory.resolve("lra-coordinator"),
                    "--recovery-period=200ms");
        }
    }

    /** Starts all of them and waits until they are ready. */
    public EventServices start() {
        if (coordinator != null) {
            coordinator.ready(coordinatorPort);
        }
        PROGRAMS.keySet().forEach(this::launch);
        PROGRAMS.keySet().forEach(this::ready);
        return this;
    }

    /** Starts a service, for instance {@code payment}; returns at once. */
    public void launch(String service) {
        List<String> all = new ArrayList<>(settings);
        all.add("--server.port=" + ports.get(service));
        processes.put(service, JavaProcess.startAlone(directory, PROGRAMS.get(service), all.toArray(String[]::new)));
    }

    public void ready(String service) {
        processes.get(service).ready(ports.get(service));
    }

    public void kill(String service) {
        processes.get(service).kill();
    }

    public ShopClient client() {
        return ShopClient.at(new Ports(
                ports.get("order"),
                ports.get("payment"),
                ports.get("inventory"),
                ports.get("shipping"),
                ports.get("order"),
                coordinator == null ? ports.get("order") : coordinatorPort));
    }

    /** Ends them: only then may somebody else look into their databases. */
    public ShopDatabase databaseAtTheEnd() {
        processes.values().forEach(JavaProcess::terminate);
        return new ShopDatabase(of("order"), of("payment"), of("inventory"), of("shipping"));
    }

    private DataSource of(String service) {
        return new DriverManagerDataSource("jdbc:h2:file:"
                + directory.resolve("data").resolve(service + "-service")
                + ";MODE=PostgreSQL;IFEXISTS=TRUE;AUTO_SERVER=FALSE");
    }

    @Override
    public void close() {
        processes.values().forEach(JavaProcess::close);
        if (coordinator != null) {
            coordinator.close();
        }
    }
}
