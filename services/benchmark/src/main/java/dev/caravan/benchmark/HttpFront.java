package dev.caravan.benchmark;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.autoconfigure.http.HttpMessageConvertersAutoConfiguration;
import org.springframework.boot.autoconfigure.jackson.JacksonAutoConfiguration;
import org.springframework.boot.autoconfigure.web.servlet.DispatcherServletAutoConfiguration;
import org.springframework.boot.autoconfigure.web.servlet.ServletWebServerFactoryAutoConfiguration;
import org.springframework.boot.autoconfigure.web.servlet.WebMvcAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.web.servlet.context.ServletWebServerApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

/**
 * A row behind HTTP, as the shop has its orders: {@code POST /api/orders} is answered when the saga has ended, {@code
 * GET /actuator/prometheus} tells the CPU of the process and of the participants' database. No thread waits for a saga.
 */
final class HttpFront implements AutoCloseable {

    private final ConfigurableApplicationContext context;

    private HttpFront(ConfigurableApplicationContext context) {
        this.context = context;
    }

    /** @param port on this machine; 0: any that is free */
    static HttpFront start(int port, Row row) {
        return new HttpFront(new SpringApplicationBuilder(Web.class)
                .properties(Map.of(
                        "server.address",
                        "127.0.0.1",
                        "server.port",
                        port,
                        "spring.jmx.enabled",
                        false,
                        "spring.main.banner-mode",
                        "off"))
                .initializers(starting -> starting.getBeanFactory().registerSingleton("orders", new Orders(row)))
                .run());
    }

    URI orders() {
        int port = ((ServletWebServerApplicationContext) context).getWebServer().getPort();
        return URI.create("http://localhost:%d/api/orders".formatted(port));
    }

    @Override
    public void close() {
        context.close();
    }

    /** Spring's web server and nothing else: the row has an application of its own. */
    @SpringBootConfiguration(proxyBeanMethods = false)
    @ImportAutoConfiguration({
        ServletWebServerFactoryAutoConfiguration.class,
        DispatcherServletAutoConfiguration.class,
        WebMvcAutoConfiguration.class,
        HttpMessageConvertersAutoConfiguration.class,
        JacksonAutoConfiguration.class
    })
    static class Web {}

    @RestController
    private static final class Orders {

        private final Row row;

        Orders(Row row) {
            this.row = row;
        }

        @PostMapping("/api/orders")
        CompletableFuture<Map<String, String>> place(@RequestBody JsonNode order) {
            String id = UUID.randomUUID().toString();
            return row.run(id, Order.isRejected(order))
                    .thenApply(completed -> Map.of("orderId", id, "status", completed ? "COMPLETED" : "COMPENSATED"));
        }

        @GetMapping(path = "/actuator/prometheus", produces = MediaType.TEXT_PLAIN_VALUE)
        String cpu() {
            Duration elsewhere = row.effects().cpu();
            return "%s%d%n"
                    .formatted(HttpOrders.CPU, Usage.now().plus(elsewhere).cpuNanos());
        }
    }
}
