package dev.caravan.payment;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.Map;

/** The gateway behind HTTP and JSON, with the idempotency key in the header {@code Idempotency-Key}. */
class HttpPaymentGateway implements PaymentGateway {

    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(2);

    private final HttpClient client = HttpClient.newBuilder()
            .connectTimeout(CONNECT_TIMEOUT)
            .version(HttpClient.Version.HTTP_1_1)
            .build();
    private final GatewayAddress address;
    private final Duration timeout;
    private final ObjectMapper json;

    /** @param timeout of a whole call */
    HttpPaymentGateway(GatewayAddress address, Duration timeout, ObjectMapper json) {
        this.address = address;
        this.timeout = timeout;
        this.json = json;
    }

    @Override
    public String tokenOf(String card) {
        return post("tokens", null, Map.of("card", card)).path("token").asText();
    }

    @Override
    public String charge(Charge charge) {
        Map<String, Object> body = Map.of(
                "amount", charge.money().amount(),
                "currency", charge.money().currency(),
                "token", charge.cardToken());
        JsonNode answer = post("charges", charge.idempotencyKey(), body);
        return answer.path("chargeId").asText();
    }

    @Override
    public Refund refund(String idempotencyKey) {
        JsonNode answer = post("refunds", idempotencyKey, Map.of());
        return switch (answer.path("status").asText()) {
            case "refunded" -> Refund.REFUNDED;
            case "nothing_charged" -> Refund.NOTHING_CHARGED;
            default ->
                throw new IllegalStateException("The gateway answered a refund of " + idempotencyKey + " with " + answer
                        + ", which means nothing");
        };
    }

    private JsonNode post(String path, String idempotencyKey, Map<String, Object> body) {
        HttpResponse<String> response = send(path, idempotencyKey, body);
        int status = response.statusCode();
        if (status / 100 == 2) {
            return read(response.body());
        }
        if (status == 402) {
            throw new CardDeclinedException("the gateway refuses it");
        }
        if (status == 409) {
            throw new ChargeBarredException("The gateway has barred " + idempotencyKey);
        }
        if (status == 429 || status >= 500) {
            throw new GatewayUnavailableException("The gateway answered " + status + " to " + path, null);
        }
        throw new IllegalStateException("The gateway answered " + status + " to " + path
                + (idempotencyKey == null ? "" : " of " + idempotencyKey + ": " + response.body())
                + "; check caravan.payment.gateway.url");
    }

    private HttpResponse<String> send(String path, String idempotencyKey, Map<String, Object> body) {
        try {
            HttpRequest.Builder request = HttpRequest.newBuilder(address.resolve(path))
                    .timeout(timeout)
                    .header("Content-Type", "application/json")
                    .POST(HttpRequest.BodyPublishers.ofString(json.writeValueAsString(body)));
            if (idempotencyKey != null) {
                request.header("Idempotency-Key", idempotencyKey);
            }
            return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
        } catch (HttpConnectTimeoutException e) {
            throw new GatewayUnavailableException("The gateway cannot be reached within " + CONNECT_TIMEOUT, e);
        } catch (HttpTimeoutException e) {
            throw timedOut(path + " of " + idempotencyKey + " got no answer within " + timeout, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw timedOut(path + " of " + idempotencyKey + " was interrupted", e);
        } catch (InterruptedIOException e) {
            throw timedOut(path + " of " + idempotencyKey + " was interrupted", e);
        } catch (IOException e) {
            throw new GatewayUnavailableException("The gateway cannot be reached: " + e, e);
        }
    }

    private static GatewayTimeoutException timedOut(String what, Exception cause) {
        return new GatewayTimeoutException("The call " + what + ": it may have been carried out", cause);
    }

    private JsonNode read(String body) {
        try {
            return json.readTree(body);
        } catch (JsonProcessingException e) {
            throw new GatewayUnavailableException("The gateway's answer is no JSON", e);
        }
    }
}
