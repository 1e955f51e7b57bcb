package dev.caravan.order;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.math.BigDecimal;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.test.annotation.DirtiesContext;

@SpringBootTest(
        classes = {OrderTestApplication.class, FakeOrderSagas.class, FakeCardTokens.class},
        webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
        properties = {
            "spring.datasource.url=jdbc:h2:mem:rest;MODE=PostgreSQL",
            "spring.mvc.problemdetails.enabled=true",
            "caravan.orders.max-body=4KB",
            "caravan.http.strict-json=true"
        })
@DirtiesContext
class OrderControllerTest {

    private static final String GOOD = """
            {"userId": "ann", "items": [{"productId": "COFFEE", "quantity": 2}, {"productId": "GRINDER", "quantity": 1}],
             "card": "4242424242424242", "country": "DE"}
            """;

    private final HttpClient client = HttpClient.newHttpClient();

    @LocalServerPort
    int port;

    @Autowired
    FakeOrderSagas sagas;

    @Autowired
    Orders orders;

    @Autowired
    ObjectMapper json;

    @BeforeEach
    void reset() {
        sagas.reset();
    }

    @Test
    void takesAnOrderAndSaysWhereToLook() throws Exception {
        HttpResponse<String> answer = place(GOOD);

        assertThat(answer.statusCode()).isEqualTo(202);
        PricedOrder order = sagas.started.get(0);
        assertThat(order.total()).isEqualTo(new BigDecimal("114.00"));
        assertThat(order.currency()).isEqualTo("EUR");
        assertThat(order.cardToken()).isEqualTo("token-for-4242");
        assertThat(order.cardLast4()).isEqualTo("4242");
        assertThat(json.writeValueAsString(order)).doesNotContain("4242424242424242");
        assertThat(order.items().get(1)).isEqualTo(new OrderItem("GRINDER", 1, new BigDecimal("89.00")));
        assertThat(answer.headers().firstValue("Location")).contains("/api/orders/" + order.orderId());
        assertThat(answer.body()).isEqualTo("{\"orderId\":\"" + order.orderId() + "\",\"sagaId\":\"saga-1\"}");
    }

    @Test
    void startsNothingForACardThatTheGatewayDoesNotTake() throws Exception {
        HttpResponse<String> answer = place(GOOD.replace("4242424242424242", FakeCardTokens.REFUSED));

        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(answer.body())
                .contains("{\"field\":\"card\",\"message\":\"is not taken by the payment gateway\"}")
                .doesNotContain(FakeCardTokens.REFUSED);
        assertThat(sagas.started).isEmpty();
    }

    @Test
    void answersWithTheEndOfTheSagaWhenAskedToWait() throws Exception {
        CompletableFuture<HttpResponse<String>> answer = client.sendAsync(
                post(BodyPublishers.ofString(GOOD)).header("Prefer", "wait=50").build(),
                HttpResponse.BodyHandlers.ofString());
        sagas.ended.complete("COMPLETED");

        assertThat(answer.get().statusCode()).isEqualTo(200);
        assertThat(answer.get().headers().firstValue("Preference-Applied")).contains("wait=50");
        assertThat(json.readTree(answer.get().body()).path("status").asText()).isEqualTo("COMPLETED");
    }

    @Test
    void answers503WhenTheSagaCannotStart() throws Exception {
        sagas.sagaId = CompletableFuture.failedFuture(new IllegalStateException("no broker"));

        HttpResponse<String> answer = place(GOOD);
        assertProblem(answer, 503);
        assertThat(answer.headers().firstValue("Retry-After")).contains("5");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"userId\": \"ann\", \"userId\": \"bob\",",
                "\"userId\": \"ann\", \"note\": 1e200000000,",
                "\"userId\": \"ann\", \"note\": {\"a\": 1, \"a\": 1},"
            })
    void refusesAnOrderThatSaysTwoThingsOrIsLongToComputeWith(String user) throws Exception {
        assertProblem(place(GOOD.replace("\"userId\": \"ann\",", user)), 400);
        assertThat(sagas.started).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"ann\" | \"\" | userId | must not be blank",
                "\"ann\" | null | userId | must not be blank",
                "\"ann\" | \"a\\u0000\" | userId | must not contain control characters",
                "\"ann\" | \"a\\u009b2J\" | userId | must not contain control characters",
                "\"ann\" | \"a\\u202ennah\" | userId | must not contain control characters",
                "\"ann\" | \"a\\ud800\" | userId | must not contain control characters",
                "\"quantity\": 2 | \"quantity\": 0 | items[0].quantity | must be at least 1",
                "\"quantity\": 2 | \"quantity\": 10001 | items[0].quantity | must be at most 10000",
                "\"quantity\": 2 | \"number\": 2 | items[0].quantity | must be there",
                "\"COFFEE\" | \"TEAPOT\" | items[0].productId | is no known product",
                "\"COFFEE\" | \"GRINDER\" | items[1].productId | is there twice; add up the quantities",
                "\"4242424242424242\" | \"42424242424\" | card | must have 12 to 19 digits",
                "\"4242424242424242\" | \"4242-4242-4242-4242\" | card | must have 12 to 19 digits",
                "\"DE\" | \"de\" | country | must be two upper-case letters",
                "\"country\": \"DE\" | \"land\": \"DE\" | country | must be there"
            })
    void namesTheFieldThatIsWrong(String good, String bad, String field, String message) throws Exception {
        HttpResponse<String> answer = place(GOOD.replace(good, bad));

        JsonNode errors = assertProblem(answer, 400).path("errors");
        assertThat(errors).hasSize(1);
        assertThat(errors.path(0).path("field").asText()).isEqualTo(field);
        assertThat(errors.path(0).path("message").asText()).isEqualTo(message);
    }

    @Test
    void namesEveryFieldThatIsWrong() throws Exception {
        JsonNode problem = assertProblem(place("{\"items\": [null]}"), 400);

        assertThat(problem.path("errors").findValuesAsText("field"))
                .containsExactly("card", "country", "items[0]", "userId");
    }

    @Test
    void takesOneToFiftyItems() throws Exception {
        String item = "{\"productId\": \"COFFEE\", \"quantity\": 1},";
        String items = IntStream.range(0, 51).mapToObj(i -> item).reduce("", String::concat);
        String order = "{\"userId\":\"ann\",\"items\":[%s],\"card\":\"424242424242\",\"country\":\"DE\"}";

        for (String list : new String[] {"", items.substring(0, items.length() - 1)}) {
            JsonNode problem = assertProblem(place(order.formatted(list)), 400);
            assertThat(problem.path("errors").path(0).path("message").asText()).isEqualTo("must have 1 to 50 entries");
        }
    }

    @ParameterizedTest
    @CsvSource({"1.5", "'\"2\"'", "true", "99999999999"})
    void saysWhichValueIsOfTheWrongKind(String quantity) throws Exception {
        JsonNode problem = assertProblem(place(GOOD.replace("\"quantity\": 2", "\"quantity\": " + quantity)), 400);

        assertThat(problem.path("errors").path(0).path("field").asText()).isEqualTo("items[0].quantity");
        assertThat(problem.path("errors").path(0).path("message").asText()).contains("line 1, column");
    }

    @Test
    void saysWhereTheJsonIsMalformed() throws Exception {
        assertThat(assertProblem(place("{\"userId\": \"ann\",\n \"items\": ["), 400)
                        .path("detail")
                        .asText())
                .isEqualTo("The body is not the JSON of an order: it is malformed at line 2, column 12");
        assertThat(assertProblem(place(""), 400).path("detail").asText()).contains("cannot be read");
        assertProblem(place("[]"), 400);
    }

    @Test
    void takesNothingButJson() throws Exception {
        HttpRequest request = HttpRequest.newBuilder(uri("/api/orders"))
                .header("Content-Type", "text/plain")
                .POST(BodyPublishers.ofString(GOOD))
                .build();

        assertProblem(send(request), 415);
    }

    @Test
    void refusesABodyOverTheLimitWhetherItSaysItsLengthOrNot() throws Exception {
        byte[] large = (GOOD + " ".repeat(4096)).getBytes(StandardCharsets.UTF_8);

        assertProblem(send(post(BodyPublishers.ofByteArray(large)).build()), 413);
        JsonNode problem = assertProblem(send(post(chunked(large)).build()), 413);
        assertThat(problem.path("detail").asText()).contains("larger than 4096 bytes");
    }

    @Test
    void takesAChunkedBodyUnderTheLimit() throws Exception {
        assertThat(send(post(chunked(GOOD.getBytes(StandardCharsets.UTF_8))).build())
                        .statusCode())
                .isEqualTo(202);
    }

    @Test
    void showsAnOrderFromTheMomentItIsTaken() throws Exception {
        place(GOOD);
        PricedOrder taken = sagas.started.get(0);

        JsonNode pending = json.readTree(get("/api/orders/" + taken.orderId()).body());
        assertThat(pending.path("status").asText()).isEqualTo("PENDING");
        assertThat(pending.has("createdAt")).isFalse();

        orders.create(
                new CreateOrder(taken.orderId(), "ann", taken.items(), taken.total(), taken.currency(), "DE"),
                "saga-1");
        orders.confirm(new ConfirmOrder(taken.orderId()));
        String body = get("/api/orders/" + taken.orderId()).body();
        JsonNode order = json.readTree(body);
        assertThat(body).contains("\"total\":114.00").doesNotContain("4242");
        assertThat(order.path("status").asText()).isEqualTo("CONFIRMED");
        assertThat(order.path("sagaId").asText()).isEqualTo("saga-1");
        assertThat(order.path("items")).hasSize(2);
        assertThat(order.path("createdAt").isTextual()).isTrue();
    }

    @Test
    void answersAnUnknownOrderWithAProblem() throws Exception {
        assertThat(assertProblem(get("/api/orders/unheard-of"), 404)
                        .path("detail")
                        .asText())
                .isEqualTo("There is no order unheard-of");
    }

    @Test
    void describesItself() throws Exception {
        JsonNode document = json.readTree(get("/v3/api-docs").body());

        JsonNode post = document.path("paths").path("/api/orders").path("post");
        assertThat(post.path("summary").asText()).isEqualTo("Places an order");
        assertThat(post.path("responses").fieldNames())
                .toIterable()
                .containsExactlyInAnyOrder("200", "202", "400", "413", "415", "503", "504");
        assertThat(document.at("/components/schemas/PlaceOrder/properties/card/pattern")
                        .asText())
                .isEqualTo("[0-9]{12,19}");
        assertThat(document.at("/components/schemas/PlaceOrderItem/properties/quantity/maximum")
                        .asInt())
                .isEqualTo(10_000);
    }

    private JsonNode assertProblem(HttpResponse<String> answer, int status) throws IOException {
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
        assertThat(answer.headers().firstValue("Content-Type")).contains("application/problem+json");
        assertThat(answer.body()).doesNotContain("4242");
        if (status < 500) {
            assertThat(sagas.started).isEmpty();
        }
        return json.readTree(answer.body());
    }

    private HttpResponse<String> place(String body) throws Exception {
        return send(post(BodyPublishers.ofString(body)).build());
    }

    private HttpResponse<String> get(String path) throws Exception {
        return send(HttpRequest.newBuilder(uri(path)).build());
    }

    private HttpRequest.Builder post(BodyPublisher body) {
        return HttpRequest.newBuilder(uri("/api/orders"))
                .header("Content-Type", "application/json")
                .POST(body);
    }

    private HttpResponse<String> send(HttpRequest request) throws Exception {
        return client.send(request, HttpResponse.BodyHandlers.ofString());
    }

    private URI uri(String path) {
        return URI.create("http://localhost:" + port + path);
    }

    private static BodyPublisher chunked(byte[] body) {
        return BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(body));
    }
}
