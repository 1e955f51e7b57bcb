package dev.caravan.shop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.caravan.shop.ShopClient.Answer;
import dev.caravan.shop.ShopClient.Placed;
import dev.caravan.shop.ShopClient.Saga;
import java.io.ByteArrayInputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.zip.GZIPInputStream;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Value;

/** What the shop answers over HTTP, and what it does not let itself be talked into. */
@ShopTest
class OrderRestIT {

    private static final String GOOD = """
            {"userId": "ann", "items": [{"productId": "COFFEE", "quantity": 1}], "card": "4242424242424242", "country": "KR"}
            """;

    @Value("${local.server.port}")
    private int port;

    @Value("${camel.component.kafka.brokers}")
    private String brokers;

    @Value("${caravan.lra.callback-secret-file}")
    private String secretFile;

    @Autowired
    private DataSource dataSource;

    private ShopClient shop;

    @BeforeAll
    void open() {
        shop = ShopClient.at(port);
        shop.run(OrderRequest.of("COFFEE", 1));
        shop.run(OrderRequest.of("COFFEE", 1).shippedTo("AQ"));
    }

    @AfterAll
    void leavesNothingPendingAndEverythingAddsUp() {
        Invariants.hold(shop, brokers);
        Invariants.holdIn(ShopDatabase.of(dataSource));
    }

    @Test
    void sendsTheConsoleInLittleAndOnce() throws Exception {
        HttpClient http = HttpClient.newHttpClient();
        URI script = URI.create("http://localhost:" + port + "/actuator/hawtio/static/sagas/saga.js");

        HttpResponse<byte[]> first = http.send(
                HttpRequest.newBuilder(script).header("Accept-Encoding", "gzip").build(),
                HttpResponse.BodyHandlers.ofByteArray());
        HttpResponse<Void> again = http.send(
                HttpRequest.newBuilder(script)
                        .header(
                                "If-Modified-Since",
                                first.headers().firstValue("Last-Modified").orElseThrow())
                        .build(),
                HttpResponse.BodyHandlers.discarding());

        assertThat(first.headers().firstValue("Content-Encoding")).contains("gzip");
        assertThat(new String(
                        new GZIPInputStream(new ByteArrayInputStream(first.body())).readAllBytes(),
                        StandardCharsets.UTF_8))
                .contains("export");
        assertThat(again.statusCode()).isEqualTo(304);
    }

    @Test
    void asksParticipantsOfASagaThatHasEnded() {
        ShopClient.Saga completed = shop.run(OrderRequest.of("COFFEE", 1));

        ShopClient.Answer told = shop.post(
                port,
                "/api/sagas/" + completed.id() + "/steps/RESERVE_INVENTORY/ask",
                Map.of("who", "ann", "reason", "to be sure"),
                Map.of());

        assertThat(told.status()).isEqualTo(200);
        assertThat(told.body().path("answers")).singleElement().satisfies(answer -> {
            assertThat(answer.path("service").asText()).isEqualTo("inventory-service");
            assertThat(answer.path("held").asText()).isEqualTo("COMPLETED");
            assertThat(answer.path("result").path("status").asText()).isEqualTo("RESERVED");
        });
        assertThat(shop.saga(completed.id()).status()).isEqualTo("COMPLETED");
    }

    @Test
    void showsAnLraOfAnotherClientInTheConsoleAndCancelsIt() throws Exception {
        URI start = URI.create("http://localhost:" + port + "/lra-coordinator/start?ClientID=%3Cb%3Equarkus%3C/b%3E");
        HttpResponse<String> started = HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(start)
                                .POST(HttpRequest.BodyPublishers.noBody())
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
        assertThat(started.statusCode()).isEqualTo(201);
        try (Browser browser = Browser.open(port)) {
            browser.go("/actuator/hawtio/sagas");
            browser.link("LRAs of others").click();
            browser.awaitText(".saga-lras td", "<b>quarkus</b>");
            assertThat(browser.texts(".saga-lras td .saga-status")).containsExactly("Active");
            browser.screenshot("lras");

            browser.button("Cancel LRA").click();
            browser.find("dialog[open] input[name=who]").sendKeys("alice");
            browser.find("dialog[open] textarea[name=reason]").sendKeys("nobody waits for it");
            browser.find("dialog[open] button[type=submit]").click();

            browser.awaitText(".sagas > p[role=status]", "There is no such LRA.");
            browser.link("← All sagas").click();
            browser.awaitText(".sagas h1", "Sagas");
            browser.find(".saga-list tbody tr");
        }
    }

    @Test
    void acceptsAnOrderAtOnceAndShowsItFromThenOn() {
        for (int i = 0; i < 10; i++) {
            Answer answer = shop.post(OrderRequest.of("COFFEE", 1), Map.of());
            Answer order = shop.order(answer.text("orderId"));

            assertThat(answer.status()).isEqualTo(202);
            assertThat(answer.headers().getLocation()).hasPath("/api/orders/" + answer.text("orderId"));
            assertThat(answer.text("status")).isNull();
            assertThat(order.status()).isEqualTo(200);
            assertThat(order.text("sagaId")).isEqualTo(answer.text("sagaId"));
            assertThat(order.text("status")).isIn("PENDING", "CONFIRMED");
            assertThat(ShopClient.decimal(order.body().path("total"))).isEqualByComparingTo("12.50");
        }
    }

    @Test
    void answersWithTheEndWhenTheClientPrefersToWait() {
        Answer answer = shop.post(OrderRequest.of("COFFEE", 1), Map.of("Prefer", "wait=60"));

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.headers().getFirst("Preference-Applied")).isEqualTo("wait=60");
        assertThat(answer.text("status")).isEqualTo("COMPLETED");
        assertThat(shop.order(answer.text("orderId")).text("status")).isEqualTo("CONFIRMED");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{}                                                                     | userId",
                "{'userId': 'ann', 'items': []}                                         | items",
                "{'userId': 'ann', 'items': [{'productId': 'COFFEE', 'quantity': 0}]}   | items[0].quantity",
                "{'userId': 'ann', 'items': [{'productId': 'COFFEE', 'quantity': 1.5}]} | items[0].quantity",
                "{'userId': 'ann', 'items': [{'quantity': 1}]}                          | items[0].productId",
                "{'userId': ['ann']}                                                    | userId",
                "{'card': '4242'}                                                       | card",
                "{'country': 'Korea'}                                                   | country"
            })
    void namesTheFieldThatIsWrongAndStartsNothing(String json, String field) {
        int before = sagas();
        Answer answer = shop.post(json.replace('\'', '"'), Map.of());

        isProblem(answer, 400);
        assertThat(answer.body().path("errors"))
                .extracting(error -> error.path("field").asText())
                .contains(field);
        assertThat(sagas()).isEqualTo(before);
    }

    @Test
    void namesAProductThatIsNotOnThePriceList() {
        int before = sagas();
        Answer answer = shop.post(OrderRequest.of("TEA", 1), Map.of());

        isProblem(answer, 400);
        assertThat(answer.body().path("errors"))
                .extracting(error -> error.path("field").asText())
                .containsExactly("items[0].productId");
        assertThat(sagas()).isEqualTo(before);
    }

    @ParameterizedTest
    @ValueSource(strings = {"{", "[1, 2", "no JSON", "{\"userId\": \"ann\",}"})
    void refusesMalformedJson(String json) {
        int before = sagas();

        isProblem(shop.post(json, Map.of()), 400);
        assertThat(sagas()).isEqualTo(before);
    }

    @Test
    void refusesAnotherContentType() {
        int before = sagas();

        isProblem(shop.post(GOOD, Map.of("Content-Type", "application/xml")), 415);
        // what a form of any page could send
        isProblem(shop.post(GOOD, Map.of("Content-Type", "text/plain")), 403);
        assertThat(sagas()).isEqualTo(before);
    }

    @Test
    void refusesABodyOverTheLimitWhetherItsLengthIsToldOrNot() throws Exception {
        int before = sagas();
        byte[] large = (GOOD + " ".repeat(100_000)).getBytes(StandardCharsets.UTF_8);

        assertThat(post(HttpRequest.BodyPublishers.ofByteArray(large))).isEqualTo(413);
        assertThat(post(HttpRequest.BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(large))))
                .isEqualTo(413);
        assertThat(sagas()).isEqualTo(before);
    }

    private int post(HttpRequest.BodyPublisher body) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/api/orders"))
                .header("Content-Type", "application/json")
                .POST(body)
                .build();
        return HttpClient.newHttpClient()
                .send(request, HttpResponse.BodyHandlers.ofString())
                .statusCode();
    }

    @ParameterizedTest
    @ValueSource(strings = {"/api/orders/none", "/api/sagas/none", "/api/stock/NONE", "/api/nothing"})
    void doesNotFindWhatIsNotThere(String path) {
        isProblem(shop.get(path), 404);
    }

    @Test
    void listsSagasByStatusNameAndNumber() {
        assertThat(statuses("?status=COMPLETED")).isNotEmpty().containsOnly("COMPLETED");
        assertThat(statuses("?status=COMPENSATED")).isNotEmpty().containsOnly("COMPENSATED");
        assertThat(statuses("?status=FAILED")).isEmpty();
        assertThat(statuses("?name=order-saga&status=COMPLETED")).isNotEmpty();
        assertThat(statuses("?name=another-saga")).isEmpty();
        assertThat(statuses("?limit=1")).hasSize(1);
    }

    private List<String> statuses(String query) {
        Answer answer = shop.sagas(query);
        assertThat(answer.status()).isEqualTo(200);
        return ShopClient.stream(answer.body())
                .map(saga -> saga.path("status").asText())
                .toList();
    }

    @ParameterizedTest
    @ValueSource(strings = {"?status=NONSENSE", "?limit=0", "?limit=1001", "?limit=many"})
    void refusesAListThatCannotBe(String query) {
        isProblem(shop.sagas(query), 400);
    }

    @Test
    void showsStepsAndEventsOfASagaInOrderAndNoCardNumber() {
        Saga saga = shop.run(OrderRequest.of("COFFEE", 1));

        assertThat(saga.json().path("name").asText()).isEqualTo("order-saga");
        assertThat(saga.json().path("steps"))
                .extracting(step ->
                        step.path("name").asText() + " " + step.path("status").asText())
                .containsExactly(
                        "CREATE_ORDER COMPLETED",
                        "PROCESS_PAYMENT SUCCEEDED",
                        "RESERVE_INVENTORY COMPLETED",
                        "PREPARE_SHIPPING SUCCEEDED");
        assertThat(saga.json().path("events"))
                .extracting(event -> event.path("sequence").asInt())
                .containsExactly(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12);
        assertThat(saga.json().path("events"))
                .allSatisfy(
                        event -> assertThat(event.path("timestamp").asText()).matches("\\d{4}-\\d\\d-\\d\\dT.*Z"));
        assertThat(saga.json().toString()).doesNotContain(OrderRequest.GOOD_CARD);
    }

    @Test
    void servesTheOpenApiDocument() {
        JsonNode document = shop.get("/v3/api-docs").body();

        assertThat(document.path("openapi").asText()).startsWith("3.");
        assertThat(document.path("paths").fieldNames())
                .toIterable()
                .contains(
                        "/api/orders",
                        "/api/orders/{orderId}",
                        "/api/payments",
                        "/api/stock/{productId}",
                        "/api/shipments");
        assertThat(document.path("paths").fieldNames()).toIterable().noneMatch(path -> path.startsWith("/api/sagas"));
        assertThat(document.at("/components/schemas/Order/properties").has("orderId"))
                .isTrue();
        assertThat(shop.get("/api/sagas/openapi.json").body().path("paths").fieldNames())
                .toIterable()
                .contains("/api/sagas", "/api/sagas/{saga}/retry");
    }

    @Test
    void refusesCallbacksThatAreNotSigned() throws Exception {
        Placed placed = shop.place(OrderRequest.of("COFFEE", 1));
        Saga before = shop.ended(placed.sagaId());
        String token = CallbackTokens.sign(secretFile, placed.sagaId(), "CREATE_ORDER");
        String flipped = (token.charAt(10) == 'A' ? "B" : "A") + token.substring(11);

        assertThat(call("GET", "status/" + token)).isEqualTo(200);
        for (String forged : List.of("whatever", token.substring(0, 10) + flipped, token.substring(0, 12))) {
            assertThat(call("PUT", "compensate/" + forged)).isEqualTo(403);
            assertThat(call("PUT", "complete/" + forged)).isEqualTo(403);
            assertThat(call("GET", "status/" + forged)).isEqualTo(403);
        }
        assertThat(shop.saga(placed.sagaId()).json()).isEqualTo(before.json());
        assertThat(shop.order(placed.orderId()).text("status")).isEqualTo("CONFIRMED");
    }

    private int call(String method, String path) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(
                        URI.create("http://127.0.0.1:" + port + "/lra-participant/" + path))
                .method(method, HttpRequest.BodyPublishers.noBody())
                .build();
        return HttpClient.newHttpClient()
                .send(request, HttpResponse.BodyHandlers.ofString())
                .statusCode();
    }

    @Test
    void letsNoRequestJoinASagaByItsHeader() {
        Placed running = shop.place(OrderRequest.of("COFFEE", 1).paidWith(OrderRequest.SILENT_CARD));
        String lra = "http://127.0.0.1:" + port + "/lra-coordinator/" + running.sagaId();
        await().until(() -> shop.saga(running.sagaId()).events().contains("ENLIST PROCESS_PAYMENT"));
        Answer other = shop.post(OrderRequest.of("COFFEE", 1), Map.of("Long-Running-Action", lra));

        assertThat(other.text("sagaId")).isNotEqualTo(running.sagaId());
        assertThat(shop.ended(other.text("sagaId")).status()).isEqualTo("COMPLETED");
        assertThat(shop.saga(running.sagaId()).events())
                .filteredOn(event -> event.startsWith("ENLIST"))
                .containsExactly("ENLIST CREATE_ORDER", "ENLIST PROCESS_PAYMENT");
    }

    @Test
    void letsNoRequestChooseATopicOrAKey() {
        Set<String> before = SagaTopic.names(brokers);
        Answer answer = shop.post(
                OrderRequest.of("COFFEE", 1),
                Map.of(
                        "kafka.OVERRIDE_TOPIC", "stolen",
                        "kafka.TOPIC", "stolen",
                        "kafka.KEY", "stolen",
                        "kafka.PARTITION_KEY", "0",
                        "CamelSagaKey", "stolen"));

        assertThat(shop.ended(answer.text("sagaId")).status()).isEqualTo("COMPLETED");
        assertThat(SagaTopic.names(brokers)).isEqualTo(before);
        assertThat(SagaTopic.read(brokers, "payment-service-commands"))
                .filteredOn(
                        message -> new String(message.value(), StandardCharsets.UTF_8).contains(answer.text("orderId")))
                .extracting(message -> message.key())
                .containsOnly(answer.text("sagaId"));
    }

    private static void isProblem(Answer answer, int status) {
        assertThat(answer.status()).as("%s", answer.body()).isEqualTo(status);
        assertThat(answer.headers().getContentType()).hasToString("application/problem+json");
        assertThat(answer.body().path("status").asInt()).isEqualTo(status);
        assertThat(answer.text("detail")).isNotBlank();
    }

    private int sagas() {
        return shop.sagas("?limit=1000").body().size();
    }
}
