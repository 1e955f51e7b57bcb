package dev.caravan.order;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Function;

/**
 * Orders are carried out by a saga-orchestrator in another process, spoken to over HTTP. No call holds a thread.
 *
 * <p>The orders that were started last are remembered without their card, so that each can be seen before its saga has
 * recorded it. A restart forgets them: then an order is seen when it is recorded.
 */
class RemoteOrderSagas implements OrderSagas {

    private static final Duration TIMEOUT = Duration.ofSeconds(10);
    private static final int REQUEST_TIMEOUT = 408;
    private static final Duration LONG_POLL = Duration.ofSeconds(70);

    private static final Set<String> ENDS = Set.of("COMPLETED", "COMPENSATED", "FAILED");

    private final StartedOrders started = new StartedOrders();
    private final URI orchestrator;
    private final Optional<String> login;
    private final ObjectMapper json;
    private final HttpClient http;

    /** @param orchestrator its URL, with {@code user:password@} before the host if it asks for a login */
    RemoteOrderSagas(URI orchestrator, ObjectMapper json) {
        this(orchestrator, Optional.empty(), json);
    }

    /**
     * @param orchestrator its URL; a login in it counts unless another one is given
     * @param login {@code user:password}
     */
    RemoteOrderSagas(URI orchestrator, Optional<String> login, ObjectMapper json) {
        this.login = login.or(() -> Optional.ofNullable(orchestrator.getUserInfo()));
        this.orchestrator = URI.create(orchestrator.toString().replaceFirst("//[^/@]*@", "//"));
        this.json = json;
        this.http = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(TIMEOUT)
                .build();
    }

    @Override
    public StartedOrderSaga start(PricedOrder order, OrderStyle style) {
        HttpRequest request = request("/api/sagas/" + style.saga() + "?key=" + order.orderId(), TIMEOUT)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofByteArray(bytes(order)))
                .build();
        CompletableFuture<String> sagaId = http.sendAsync(request, HttpResponse.BodyHandlers.ofByteArray())
                .handle(this::sagaId)
                .thenCompose(Function.identity())
                .thenApply(id -> started.add(order, id));
        return new StartedOrderSaga(
                sagaId, sagaId.thenCompose(this::ended).thenApply(status -> started.ended(order.orderId(), status)));
    }

    @Override
    public Optional<PendingOrder> pending(String orderId) {
        return started.find(orderId);
    }

    /**
     * Nothing was started if the orchestrator was not reached, or said so: it refused the request, or its 503 says
     * {@code started: false}. After anything else, such as an answer that was cut off, the saga may be under way.
     */
    private CompletableFuture<String> sagaId(HttpResponse<byte[]> response, Throwable failure) {
        Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
        if (cause instanceof ConnectException || cause instanceof HttpConnectTimeoutException) {
            return CompletableFuture.failedFuture(cause);
        } else if (cause != null) {
            return notKnown("gave no answer", cause);
        }
        int status = response.statusCode();
        JsonNode answer = answer(response);
        if (status / 100 == 2 && answer.hasNonNull("sagaId")) {
            return CompletableFuture.completedFuture(answer.get("sagaId").asText());
        }
        boolean refused = status / 100 == 4 && status != REQUEST_TIMEOUT;
        boolean notStarted =
                answer.path("started").isBoolean() && !answer.path("started").booleanValue();
        return refused || notStarted
                ? CompletableFuture.failedFuture(
                        new IllegalStateException("The orchestrator at %s answered %d".formatted(orchestrator, status)))
                : notKnown("answered " + status, null);
    }

    private CompletableFuture<String> notKnown(String what, Throwable cause) {
        return CompletableFuture.failedFuture(
                new StartNotKnownException("The orchestrator at %s %s".formatted(orchestrator, what), cause));
    }

    private JsonNode answer(HttpResponse<byte[]> response) {
        try {
            return json.readTree(response.body());
        } catch (IOException e) {
            return json.missingNode();
        }
    }

    /** The orchestrator answers after a minute at the latest: then it is asked again. */
    private CompletableFuture<String> ended(String sagaId) {
        HttpRequest request = request("/api/sagas/" + sagaId, LONG_POLL)
                .header("Prefer", "wait=60")
                .GET()
                .build();
        return send(request, "status")
                .thenCompose(
                        status -> ENDS.contains(status) ? CompletableFuture.completedFuture(status) : ended(sagaId));
    }

    private HttpRequest.Builder request(String path, Duration timeout) {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(orchestrator.resolve(path)).timeout(timeout);
        login.ifPresent(user -> request.header(
                "Authorization", "Basic " + Base64.getEncoder().encodeToString(user.getBytes(StandardCharsets.UTF_8))));
        return request;
    }

    private CompletableFuture<String> send(HttpRequest request, String field) {
        return http.sendAsync(request, HttpResponse.BodyHandlers.ofByteArray()).thenCompose(response -> {
            try {
                JsonNode answer = json.readTree(response.body());
                if (response.statusCode() / 100 == 2 && answer.hasNonNull(field)) {
                    return CompletableFuture.completedFuture(answer.get(field).asText());
                }
                return CompletableFuture.failedFuture(new IllegalStateException("The orchestrator at %s answered %d%s"
                        .formatted(orchestrator, response.statusCode(), meaning(response.statusCode()))));
            } catch (IOException e) {
                return CompletableFuture.failedFuture(e);
            }
        });
    }

    private String meaning(int status) {
        return switch (status) {
            case 401 ->
                login.isEmpty()
                        ? ": it asks for a login. Set caravan.orders.orchestrator-user and -password"
                        : ": it does not know the user or the password of caravan.orders.orchestrator-user";
            case 403 -> ": the user of caravan.orders.orchestrator-user needs the role STARTER there";
            default -> "";
        };
    }

    private byte[] bytes(PricedOrder order) {
        try {
            return json.writeValueAsBytes(order);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("An order could not be written as JSON", e);
        }
    }
}
