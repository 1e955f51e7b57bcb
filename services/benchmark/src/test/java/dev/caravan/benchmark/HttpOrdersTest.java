package dev.caravan.benchmark;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.caravan.testing.HangLimit;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class HttpOrdersTest {

    private HttpServer shop;
    private HttpOrders orders;

    @BeforeEach
    void open() throws IOException {
        shop = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        shop.start();
        orders = new HttpOrders(URI.create(
                "http://localhost:%d/api/orders".formatted(shop.getAddress().getPort())));
    }

    @AfterEach
    void close() {
        shop.stop(0);
    }

    @Test
    void tellsHowAnOrderEnded() {
        shop.createContext("/api/orders", exchange -> {
            String order = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            boolean waits = "wait=60".equals(exchange.getRequestHeaders().getFirst("Prefer"));
            String status = order.contains("\"AQ\"") ? "COMPENSATED" : "COMPLETED";
            answer(exchange, waits ? 200 : 202, "{\"status\":\"%s\"}".formatted(waits ? status : "STARTED"));
        });

        assertThat(orders.place("1", false)).succeedsWithin(HangLimit.TIME).isEqualTo(true);
        assertThat(orders.place("2", true)).succeedsWithin(HangLimit.TIME).isEqualTo(false);
    }

    @Test
    void failsWithTheAnswerWhenAnOrderIsNotTaken() {
        shop.createContext("/api/orders", exchange -> answer(exchange, 503, "{\"detail\":\"not now\"}"));

        assertThat(orders.place("1", false))
                .failsWithin(HangLimit.TIME)
                .withThrowableThat()
                .withMessageContaining("503 {\"detail\":\"not now\"}");
    }

    @Test
    void asksTheShopForItsCpu() throws Exception {
        shop.createContext(
                "/actuator/prometheus",
                exchange -> answer(exchange, 200, "# TYPE x gauge\nprocess_cpu_time_ns_total 1.5E9\nother 1\n"));

        assertThat(orders.serverCpu()).isEqualTo(Duration.ofMillis(1500));
    }

    private static void answer(HttpExchange exchange, int status, String body) throws IOException {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(status, bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }
}
