package dev.caravan.shop.crash;

import dev.caravan.embeddedkafka.LoopbackPorts;
import dev.caravan.orchestrator.SagaOrchestratorApplication;
import dev.caravan.shop.JavaProcess;
import dev.caravan.shop.OrderRequest;
import dev.caravan.shop.ShopClient;
import dev.caravan.shop.ShopClient.Answer;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** One instance of the orchestrator, in a process of its own. It can be killed and started again. */
final class Orchestrator implements AutoCloseable {

    private static final Map<String, BigDecimal> PRICES =
            Map.of("COFFEE", new BigDecimal("12.50"), "OUT-OF-STOCK", new BigDecimal("19.90"));

    private final Path directory;
    private final String[] settings;
    private final int port = LoopbackPorts.free();
    private JavaProcess process;
    private volatile boolean alive;

    /** @param directory where it works: the same for two instances only if they share everything */
    Orchestrator(Path directory, String... settings) {
        this.directory = directory;
        this.settings = settings;
    }

    /** Returns at once; see {@link #ready}. */
    Orchestrator launch() {
        String[] arguments = new String[settings.length + 1];
        System.arraycopy(settings, 0, arguments, 0, settings.length);
        arguments[settings.length] = "--server.port=" + port;
        process = JavaProcess.startAlone(directory, SagaOrchestratorApplication.class, arguments);
        alive = true;
        return this;
    }

    Orchestrator ready() {
        process.ready(port);
        return this;
    }

    void kill() {
        alive = false;
        process.kill();
    }

    /** SIGTERM: it hands its sagas over. */
    void terminate() {
        alive = false;
        process.terminate();
    }

    boolean isAlive() {
        return alive;
    }

    ShopClient client() {
        return ShopClient.at(port);
    }

    /** Starts the saga of an order by its name, with the order's id as its key. */
    Answer start(OrderRequest order, String orderId) {
        List<Map<String, Object>> items = order.items().stream()
                .map(item -> Map.of(
                        "productId", item.get("productId"),
                        "quantity", item.get("quantity"),
                        "unitPrice", PRICES.get((String) item.get("productId"))))
                .toList();
        BigDecimal total = order.items().stream()
                .map(item -> PRICES.get((String) item.get("productId"))
                        .multiply(new BigDecimal((Integer) item.get("quantity"))))
                .reduce(BigDecimal.ZERO, BigDecimal::add);
        return client().post(
                        port,
                        "/api/sagas/order-saga?key=" + orderId,
                        Map.of(
                                "orderId",
                                orderId,
                                "userId",
                                order.userId(),
                                "items",
                                items,
                                "total",
                                total,
                                "currency",
                                "EUR",
                                "card",
                                order.card(),
                                "country",
                                order.country()),
                        Map.of());
    }

    @Override
    public void close() {
        if (process != null) {
            process.close();
        }
    }
}
