package dev.caravan.order;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/** Asks the gateway over HTTP: {@code POST tokens} with {@code {card}}, answered with {@code {token}}. */
final class HttpCardTokens implements CardTokens {

    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(2);

    private final URI tokens;
    private final Duration timeout;
    private final ObjectMapper json;
    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(CONNECT_TIMEOUT)
            .build();

    /**
     * @param gateway its URL
     * @param timeout of a whole call
     */
    HttpCardTokens(String gateway, Duration timeout, ObjectMapper json) {
        this.tokens = URI.create(gateway.replaceAll("/+$", "") + "/tokens");
        this.timeout = timeout;
        this.json = json;
    }

    @Override
    public CompletableFuture<String> exchange(String card) {
        HttpRequest request = HttpRequest.newBuilder(tokens)
                .timeout(timeout)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofByteArray(bytes(card)))
                .build();
        return http.sendAsync(request, HttpResponse.BodyHandlers.ofByteArray()).handle((response, failure) -> {
            if (failure != null) {
                throw new GatewaySilentException("The payment gateway at " + tokens + " does not answer", failure);
            }
            return token(response);
        });
    }

    private String token(HttpResponse<byte[]> response) {
        int status = response.statusCode();
        if (status == 400 || status == 402 || status == 422) {
            throw new InvalidOrderException(List.of(new FieldProblem("card", "is not taken by the payment gateway")));
        }
        try {
            String token = status / 100 == 2
                    ? json.readTree(response.body()).path("token").asText("")
                    : "";
            if (!token.isBlank()) {
                return token;
            }
        } catch (IOException e) {
            throw new GatewaySilentException("The payment gateway at " + tokens + " answered with no JSON", e);
        }
        throw new GatewaySilentException(
                "The payment gateway at " + tokens + " answered " + status
                        + " and no token; check caravan.orders.gateway-url",
                null);
    }

    private byte[] bytes(String card) {
        try {
            return json.writeValueAsBytes(Map.of("card", card));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("A text could not be written as JSON", e);
        }
    }
}
