package dev.caravan.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.caravan.saga.SagaStatus;
import dev.caravan.saga.camel.SagaStarter;
import dev.caravan.saga.engine.SagaHost;
import dev.caravan.saga.state.InMemorySagaLog;
import dev.caravan.saga.state.SagaLog;
import dev.caravan.saga.state.SagaState;
import dev.caravan.testing.HangLimit;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.camel.Exchange;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.model.SagaPropagation;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.ResponseEntity;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RestController;

/** A Camel route and a JAX-RS participant on Narayana's LRA client are in one LRA. Either of them starts it. */
@SpringBootTest(
        webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
        properties = {
            "server.address=127.0.0.1",
            "caravan.lra.callback-secret=a secret of this test",
            "camel.component.kafka.brokers=127.0.0.1:1",
            "camel.main.run-controller=false"
        })
class InteropIT {

    private static final Journal JOURNAL = new Journal();
    private static PackagedCoordinator coordinator;
    private static JaxRsParticipant stock;

    @Autowired
    private SagaStarter starter;

    @Autowired
    private SagaHost host;

    @LocalServerPort
    private int port;

    @DynamicPropertySource
    static void coordinator(DynamicPropertyRegistry registry) throws Exception {
        coordinator = new PackagedCoordinator();
        stock = new JaxRsParticipant(coordinator.url(), JOURNAL);
        registry.add("camel.lra.coordinator-url", coordinator::url);
    }

    @Configuration
    @EnableAutoConfiguration
    static class Application {

        @Bean
        SagaLog sagaLog() {
            return new InMemorySagaLog();
        }

        @Bean
        Payments payments(ProducerTemplate template) {
            return new Payments(template);
        }

        @Bean
        RouteBuilder routes() {
            return new Routes();
        }
    }

    /** The way of a service into a route; it takes the LRA of the caller on purpose. */
    @RestController
    static class Payments {

        private final ProducerTemplate template;

        Payments(ProducerTemplate template) {
            this.template = template;
        }

        @PostMapping("/payments")
        ResponseEntity<String> pay(
                @RequestHeader(Exchange.SAGA_LONG_RUNNING_ACTION) String lra, @RequestBody String body) {
            Exchange exchange = template.request("direct:pay", asked -> {
                asked.getIn().setBody(body);
                asked.getIn().setHeader(Exchange.SAGA_LONG_RUNNING_ACTION, lra);
            });
            return ResponseEntity.status(exchange.getException() == null ? 200 : 409)
                    .body(String.valueOf(exchange.getException()));
        }
    }

    static class Routes extends RouteBuilder {

        @Override
        public void configure() {
            from("direct:order-saga")
                    .routeId("order-saga")
                    .saga()
                    .propagation(SagaPropagation.REQUIRES_NEW)
                    .to("direct:pay")
                    .process(Routes::reserveStock)
                    .filter(header("fail").isEqualTo(true))
                    .throwException(new IllegalStateException("as asked for"))
                    .end();
            from("direct:pay")
                    .routeId("pay")
                    .saga()
                    .propagation(SagaPropagation.MANDATORY)
                    .compensation("direct:refund")
                    .completion("direct:confirm")
                    .process(exchange -> JOURNAL.add("paid"));
            from("direct:refund").routeId("refund").process(exchange -> JOURNAL.add("refunded"));
            from("direct:confirm").routeId("confirm").process(exchange -> JOURNAL.add("payment confirmed"));
        }

        private static void reserveStock(Exchange exchange) throws Exception {
            String lra = exchange.getIn().getHeader(Exchange.SAGA_LONG_RUNNING_ACTION, String.class);
            HttpRequest request = HttpRequest.newBuilder(URI.create(stock.url() + "/reserve"))
                    .header(Exchange.SAGA_LONG_RUNNING_ACTION, lra)
                    .PUT(HttpRequest.BodyPublishers.noBody())
                    .build();
            HttpResponse<String> answer =
                    HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
            if (answer.statusCode() != 200) {
                throw new IllegalStateException("stock: " + answer.statusCode() + " " + answer.body());
            }
        }
    }

    @AfterEach
    void leavesNothingPending() throws Exception {
        await().until(() -> host.size() == 0);
        String open = HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create(coordinator.url() + "/lra-coordinator"))
                                .build(),
                        HttpResponse.BodyHandlers.ofString())
                .body();
        assertThat(open).isEqualTo("[]");
        JOURNAL.clear();
    }

    @AfterAll
    static void stop() {
        stock.close();
        coordinator.close();
    }

    private SagaState run(boolean fail) throws Exception {
        return starter.start("direct:order-saga", "{}", "order-" + fail, Map.of("fail", fail))
                .ended()
                .get(HangLimit.SECONDS, TimeUnit.SECONDS);
    }

    private HttpResponse<String> order(boolean fail) throws Exception {
        String service = URLEncoder.encode("http://127.0.0.1:" + port + "/payments", StandardCharsets.UTF_8);
        return HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create(stock.url() + "/order?fail=" + fail + "&service=" + service))
                                .POST(HttpRequest.BodyPublishers.noBody())
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
    }

    @Test
    void completesAJaxRsParticipantOfASagaThatARouteStarted() throws Exception {
        SagaState end = run(false);

        assertThat(end.status()).isEqualTo(SagaStatus.COMPLETED);
        await().until(() -> JOURNAL.lines().size() == 5); // a listener is told when the saga has ended
        assertThat(JOURNAL.lines())
                .containsExactly("paid", "stock reserved", "stock confirmed", "payment confirmed", "stock told Closed");
    }

    @Test
    void compensatesAJaxRsParticipantOfASagaThatARouteStarted() throws Exception {
        SagaState end = run(true);

        assertThat(end.status()).isEqualTo(SagaStatus.COMPENSATED);
        await().until(() -> JOURNAL.lines().size() == 5); // a listener is told when the saga has ended
        assertThat(JOURNAL.lines())
                .containsExactly("paid", "stock reserved", "stock released", "refunded", "stock told Cancelled");
    }

    @Test
    void completesARouteThatJoinedTheLraOfAJaxRsService() throws Exception {
        HttpResponse<String> answer = order(false);

        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        await().until(() -> JOURNAL.lines().size() == 5);
        assertThat(JOURNAL.lines())
                .containsExactly("stock reserved", "paid", "payment confirmed", "stock confirmed", "stock told Closed");
    }

    @Test
    void compensatesARouteThatJoinedTheLraOfAJaxRsService() throws Exception {
        HttpResponse<String> answer = order(true);

        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(500);
        await().until(() -> JOURNAL.lines().size() == 5);
        assertThat(JOURNAL.lines())
                .containsExactly("stock reserved", "paid", "refunded", "stock released", "stock told Cancelled");
    }
}
