package com.example.orders;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.kafka.test.context.EmbeddedKafka;

/** The whole application, with Kafka. */
@SpringBootTest(
        webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
        properties = "ORDERS_CONSOLE_PASSWORD=secret")
@EmbeddedKafka(partitions = 4, bootstrapServersProperty = "camel.component.kafka.brokers")
class OrderApplicationTest {

    private final HttpClient http = HttpClient.newHttpClient();

    @Autowired
    private Shop shop;

    @Value("${local.server.port}")
    private int port;

    @ParameterizedTest
    @ValueSource(strings = {"yaml", "java"})
    void completesAndCompensates(String notation) throws Exception {
        assertThat(end(order(notation, "1-" + notation, "here"))).isEqualTo("COMPLETED");
        assertThat(shop.of("1-" + notation)).containsExactly("PAID", "SHIPPED");

        assertThat(end(order(notation, "2-" + notation, "nowhere"))).isEqualTo("COMPENSATED");
        assertThat(shop.of("2-" + notation)).containsExactly("PAID", "REFUNDED");
    }

    @Test
    void isInHealthAndMetrics() throws Exception {
        assertThat(end(order("yaml", "3", "here"))).isEqualTo("COMPLETED");

        assertThat(get("/actuator/health", true).body()).contains("\"caravan\":\"UP\"");
        assertThat(get("/actuator/prometheus", true).body())
                .contains("caravan_saga_duration_seconds_count{saga=\"order-yaml\",status=\"COMPLETED\"");
    }

    @Test
    void asksForALogin() throws Exception {
        assertThat(get("/api/sagas", false).statusCode()).isEqualTo(401);
        assertThat(get("/api/sagas", true).statusCode()).isEqualTo(200);
    }

    private String order(String notation, String id, String country) throws Exception {
        String order = "{\"id\":\"%s\",\"country\":\"%s\"}".formatted(id, country);
        HttpResponse<String> answer = http.send(
                request("/orders/" + notation)
                        .header("Content-Type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofString(order))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return answer.body();
    }

    private String end(String sagaId) {
        return await().atMost(Duration.ofMinutes(5))
                .until(
                        () -> get("/api/sagas/" + sagaId, true)
                                .body()
                                .replaceFirst("(?s).*?\"status\":\"(\\w+)\".*", "$1"),
                        status -> status.matches("COMPLETED|COMPENSATED|FAILED"));
    }

    private HttpResponse<String> get(String path, boolean login) throws Exception {
        HttpRequest.Builder request = request(path);
        if (login) {
            String ann = Base64.getEncoder().encodeToString("ann:secret".getBytes(StandardCharsets.UTF_8));
            request.header("Authorization", "Basic " + ann);
        }
        return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path));
    }
}
