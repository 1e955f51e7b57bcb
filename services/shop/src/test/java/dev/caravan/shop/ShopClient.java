package dev.caravan.shop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.StreamSupport;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.MediaType;
import org.springframework.http.client.JdkClientHttpRequestFactory;
import org.springframework.web.client.RestClient;

/** The REST of the shop, or of its services in processes of their own. */
public final class ShopClient {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String WAIT = "wait=60";
    private static final List<String> ENDS = List.of("COMPLETED", "COMPENSATED", "FAILED");

    private final RestClient http = RestClient.builder()
            .requestFactory(new JdkClientHttpRequestFactory())
            .build();
    private final Ports ports;

    private ShopClient(Ports ports) {
        this.ports = ports;
    }

    /** Where each part listens. */
    public record Ports(int orders, int payments, int inventory, int shipping, int sagas, int coordinator) {}

    public static ShopClient at(int port) {
        return new ShopClient(new Ports(port, port, port, port, port, port));
    }

    public static ShopClient at(Ports ports) {
        return new ShopClient(ports);
    }

    /** An answer, whatever its status. */
    public record Answer(int status, HttpHeaders headers, JsonNode body) {

        public String text(String field) {
            return body.path(field).asText(null);
        }
    }

    /** A saga as it is shown. */
    public record Saga(String id, String status, JsonNode json) {

        /** For instance {@code SUCCESS CREATE_ORDER}, in the order of the log. */
        public List<String> events() {
            return stream(json.path("events"))
                    .map(event -> (event.path("type").asText() + " "
                                    + event.path("step").asText())
                            .trim())
                    .toList();
        }

        /** The steps that were undone, in that order. */
        public List<String> compensations() {
            return events().stream()
                    .filter(event -> event.startsWith("COMPENSATE_SUCCESS "))
                    .map(event -> event.substring(event.indexOf(' ') + 1))
                    .toList();
        }
    }

    /** An order that was placed. */
    public record Placed(String orderId, String sagaId) {}

    public Placed place(OrderRequest order) {
        Answer answer = post(order, Map.of());
        assertThat(answer.status()).as("status of %s", answer.body()).isEqualTo(202);
        return new Placed(answer.text("orderId"), answer.text("sagaId"));
    }

    /** Places an order that the services work off by events. */
    public Placed placeByEvents(OrderRequest order) {
        Answer answer = postByEvents(order);
        assertThat(answer.status()).as("status of %s", answer.body()).isEqualTo(202);
        return new Placed(answer.text("orderId"), answer.text("sagaId"));
    }

    public Answer postByEvents(OrderRequest order) {
        return post(ports.orders(), "/api/orders?style=choreography", order, Map.of());
    }

    /** Places an order, and returns its saga when it has ended. */
    public Saga run(OrderRequest order) {
        return ended(place(order).sagaId());
    }

    public Answer post(Object body, Map<String, String> headers) {
        return post(ports.orders(), "/api/orders", body, headers);
    }

    public Answer post(int port, String path, Object body, Map<String, String> headers) {
        return http.method(HttpMethod.POST)
                .uri(url(port, path))
                .contentType(MediaType.APPLICATION_JSON)
                .headers(all -> headers.forEach(all::set))
                .body(body)
                .exchange((request, response) -> answer(
                        response.getStatusCode().value(),
                        response.getHeaders(),
                        response.getBody().readAllBytes()));
    }

    private static Answer answer(int status, HttpHeaders headers, byte[] body) {
        try {
            return new Answer(status, headers, JSON.readTree(body));
        } catch (java.io.IOException e) {
            return new Answer(status, headers, JSON.getNodeFactory().textNode(new String(body)));
        }
    }

    public Answer get(int port, String path, Map<String, String> headers) {
        return http.get()
                .uri(url(port, path))
                .headers(all -> headers.forEach(all::set))
                .exchange((request, response) -> answer(
                        response.getStatusCode().value(),
                        response.getHeaders(),
                        response.getBody().readAllBytes()));
    }

    private static java.net.URI url(int port, String path) {
        return java.net.URI.create("http://127.0.0.1:" + port + path);
    }

    /** Of any part, when all of them are at one port. */
    public Answer get(String path) {
        return get(ports.orders(), path, Map.of());
    }

    public Answer order(String orderId) {
        return get(ports.orders(), "/api/orders/" + orderId, Map.of());
    }

    public List<JsonNode> payments(String orderId) {
        return stream(get(ports.payments(), "/api/payments?orderId=" + orderId, Map.of())
                        .body())
                .toList();
    }

    public List<JsonNode> shipments(String orderId) {
        return stream(get(ports.shipping(), "/api/shipments?orderId=" + orderId, Map.of())
                        .body())
                .toList();
    }

    public JsonNode stock(String productId) {
        return get(ports.inventory(), "/api/stock/" + productId, Map.of()).body();
    }

    public Answer sagas(String query) {
        return get(ports.sagas(), "/api/sagas" + query, Map.of());
    }

    /** The saga as it is now. */
    public Saga saga(String sagaId) {
        return saga(get(ports.sagas(), "/api/sagas/" + sagaId, Map.of()));
    }

    /** The saga when it has ended. */
    public Saga ended(String sagaId) {
        AtomicReference<Saga> last = new AtomicReference<>();
        await().untilAsserted(() -> {
            last.set(saga(get(ports.sagas(), "/api/sagas/" + sagaId, Map.of("Prefer", WAIT))));
            assertThat(last.get().status()).as("end of %s", last.get().json()).isIn(ENDS);
        });
        return last.get();
    }

    /** What became of an order, asked of the order service alone. */
    public Answer settled(OrderRequest order) {
        Answer answer = post(order, Map.of("Prefer", WAIT));
        assertThat(answer.status()).as("status of %s", answer.body()).isIn(200, 202);
        AtomicReference<Answer> last = new AtomicReference<>();
        await().untilAsserted(() -> {
            last.set(order(answer.text("orderId")));
            assertThat(last.get().text("status")).as("%s", last.get().body()).isIn("CONFIRMED", "CANCELLED");
        });
        return last.get();
    }

    private static Saga saga(Answer answer) {
        assertThat(answer.status()).as("status of %s", answer.body()).isEqualTo(200);
        return new Saga(answer.text("sagaId"), answer.text("status"), answer.body());
    }

    /** LRAs that the coordinator has not finished; none where there is no coordinator. */
    public List<JsonNode> openLras() {
        Answer lras = get(ports.coordinator(), "/lra-coordinator", Map.of("Accept", "application/json"));
        return lras.status() == 404 ? List.of() : stream(lras.body()).toList();
    }

    public static BigDecimal decimal(JsonNode node) {
        return new BigDecimal(node.asText());
    }

    public static java.util.stream.Stream<JsonNode> stream(JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false);
    }
}
