package dev.caravan.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.caravan.embeddedkafka.EmbeddedKafka;
import dev.caravan.embeddedkafka.EmbeddedKafkaOptions;
import dev.caravan.embeddedkafka.LoopbackPorts;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.model.SagaPropagation;
import org.apache.camel.service.lra.LRASagaService;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Two applications with Camel's own service for LRA, and nothing of Caravan, on the coordinator whose LRAs are in Kafka: one
 * begins a saga and pays, the other one joins it over HTTP and sells.
 */
class StockCamelIT {

    @TempDir
    static Path directory;

    private static final Journal JOURNAL = new Journal();
    private static EmbeddedKafka kafka;
    private static PackagedCoordinator coordinator;
    private static CamelContext orders;
    private static CamelContext stock;

    @BeforeAll
    static void start() throws Exception {
        kafka = EmbeddedKafka.start(EmbeddedKafkaOptions.in(directory));
        coordinator = new PackagedCoordinator(kafka.bootstrapServers());
        int port = LoopbackPorts.free();
        stock = start(new Stock(port));
        orders = start(new Orders(port));
    }

    private static CamelContext start(RouteBuilder routes) throws Exception {
        int callbacks = LoopbackPorts.free();
        LRASagaService sagas = new LRASagaService();
        sagas.setCoordinatorUrl(coordinator.url());
        sagas.setLocalParticipantUrl("http://127.0.0.1:" + callbacks);
        CamelContext context = new DefaultCamelContext();
        context.addRoutes(new RouteBuilder() {
            @Override
            public void configure() throws Exception {
                restConfiguration().component("undertow").host("127.0.0.1").port(callbacks);
                context.addService(sagas);
            }
        });
        context.addRoutes(routes);
        context.start();
        return context;
    }

    private static void note(RouteBuilder routes, String from, String line) {
        routes.from(from).process(exchange -> JOURNAL.add(line));
    }

    private static final class Orders extends RouteBuilder {

        private final int stockPort;

        Orders(int stockPort) {
            this.stockPort = stockPort;
        }

        @Override
        public void configure() {
            from("direct:order")
                    .saga()
                    .propagation(SagaPropagation.REQUIRES_NEW)
                    .to("direct:pay")
                    .to("undertow:http://127.0.0.1:" + stockPort + "/stock")
                    .process(Orders::failIfAsked);
            from("direct:pay")
                    .saga()
                    .propagation(SagaPropagation.MANDATORY)
                    .compensation("direct:refund")
                    .completion("direct:confirm")
                    .process(exchange -> JOURNAL.add("paid"));
            note(this, "direct:refund", "refunded");
            note(this, "direct:confirm", "payment confirmed");
        }

        private static void failIfAsked(Exchange exchange) {
            if (exchange.getMessage().getHeader("fail", Boolean.class)) {
                throw new IllegalStateException("asked for");
            }
        }
    }

    private static final class Stock extends RouteBuilder {

        private final int port;

        Stock(int port) {
            this.port = port;
        }

        @Override
        public void configure() {
            from("undertow:http://127.0.0.1:" + port + "/stock").to("direct:sell");
            from("direct:sell")
                    .saga()
                    .propagation(SagaPropagation.MANDATORY)
                    .option("item", constant("book"))
                    .compensation("direct:take-back")
                    .completion("direct:sold")
                    .process(exchange -> JOURNAL.add("sold"));
            from("direct:take-back").process(exchange -> JOURNAL.add(item(exchange) + " taken back"));
            from("direct:sold").process(exchange -> JOURNAL.add(item(exchange) + " is sold"));
        }

        private static String item(Exchange exchange) {
            return exchange.getMessage().getHeader("item", String.class);
        }
    }

    @AfterAll
    static void stop() {
        orders.stop();
        stock.stop();
        coordinator.close();
        kafka.close();
    }

    @AfterEach
    void leavesNothingPending() {
        await().until(() -> open().equals("[]"));
        JOURNAL.clear();
    }

    private static String open() throws IOException, InterruptedException {
        return HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create(coordinator.url() + "/lra-coordinator"))
                                .build(),
                        HttpResponse.BodyHandlers.ofString())
                .body();
    }

    private static Exchange order(boolean fail) {
        return orders.createProducerTemplate()
                .request("direct:order", exchange -> exchange.getMessage().setHeader("fail", fail));
    }

    @Test
    void completesBothSides() {
        assertThat(order(false).getException()).isNull();

        await().until(() -> JOURNAL.lines().size() == 4);
        assertThat(JOURNAL.lines()).containsExactly("paid", "sold", "book is sold", "payment confirmed");
    }

    @Test
    void compensatesBothSidesInReverseOrder() {
        assertThat(order(true).getException()).hasMessage("asked for");

        await().until(() -> JOURNAL.lines().size() == 4);
        assertThat(JOURNAL.lines()).containsExactly("paid", "sold", "book taken back", "refunded");
    }
}
