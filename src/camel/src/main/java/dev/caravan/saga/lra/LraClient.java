package dev.caravan.saga.lra;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.caravan.saga.SagaId;
import dev.caravan.saga.camel.LongRunningAction;
import dev.caravan.saga.engine.LiveSaga;
import java.net.URLEncoder;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.apache.camel.Exchange;

/**
 * Speaks MicroProfile LRA's HTTP protocol with one coordinator. Of an LRA's id, only the last path segment is used, so
 * that no header can have another host called. Futures fail with {@link LraException}.
 *
 * <p>404 and 410 mean that the LRA has ended or never was, 412 that it is too late; any 2xx is an answer.
 */
final class LraClient {

    /** In the name of a client, between the application's and the id of the saga. */
    static final String OF_SAGA = "#";

    private static final String TIME_LIMIT = "TimeLimit";
    private static final ObjectMapper JSON = new ObjectMapper();

    private final CoordinatorConnection connection;
    private final String clientId;

    /** A started LRA, by the id that the coordinator gave it: a URL. */
    record Lra(String id) {

        /** That of a saga which runs here. */
        static Lra of(LiveSaga saga) {
            return new Lra(Objects.requireNonNull(saga.state().started().coordinator()));
        }

        /** The last segment of its path, by which the coordinator finds it. */
        String uid() {
            return new SagaId(LongRunningAction.lastSegment(id)).value();
        }

        /** The saga that it is of, if that is one of a Caravan. */
        SagaId sagaId() {
            return LongRunningAction.sagaId(id);
        }
    }

    LraClient(CoordinatorConnection connection, String clientId) {
        this.connection = connection;
        this.clientId = clientId;
    }

    /** @param timeLimit in ms, after which the coordinator cancels it unless it has ended; 0: never */
    CompletableFuture<Lra> start(long timeLimit) {
        return start(clientId, timeLimit);
    }

    /** Starts the LRA of a saga that has an id already; the coordinator's list says which. */
    CompletableFuture<Lra> start(SagaId sagaId) {
        return start(clientId + OF_SAGA + sagaId.value(), 0)
                .thenApply(lra -> new Lra(LongRunningAction.of(lra.id(), sagaId)));
    }

    private CompletableFuture<Lra> start(String client, long timeLimit) {
        String query = "?ClientID=" + URLEncoder.encode(client, StandardCharsets.UTF_8)
                + (timeLimit > 0 ? "&" + TIME_LIMIT + "=" + timeLimit : "");
        String what = "start an LRA";
        return connection.send("POST", "/start" + query, null, Map.of(), what).thenCompose(response -> {
            Optional<String> id = response.headers()
                    .firstValue("Location")
                    .or(() -> response.headers().firstValue(Exchange.SAGA_LONG_RUNNING_ACTION))
                    .or(() -> Optional.of(response.body()));
            return isSuccess(response) && !id.get().isBlank()
                    ? CompletableFuture.completedFuture(new Lra(id.get().trim()))
                    : refused(what, response);
        });
    }

    /**
     * Lets a participant join.
     *
     * @param link the participant's callbacks, as the value of the header {@code Link}
     * @param timeLimit in ms; 0: none
     */
    CompletableFuture<Void> join(Lra lra, String link, long timeLimit) {
        String query = timeLimit > 0 ? "?" + TIME_LIMIT + "=" + timeLimit : "";
        String what = "join LRA " + lra.id();
        Map<String, String> headers = Map.of("Link", link, Exchange.SAGA_LONG_RUNNING_ACTION, lra.id());
        return connection
                .send("PUT", "/" + lra.uid() + query, "", headers, what)
                .thenCompose(response ->
                        isSuccess(response) ? CompletableFuture.completedFuture(null) : refused(what, response));
    }

    /** Has the coordinator cancel the LRA after this many ms, unless it ends before. A limit can only be extended. */
    CompletableFuture<Void> limit(Lra lra, long timeLimit) {
        String what = "limit LRA " + lra.id();
        return connection
                .send("PUT", "/" + lra.uid() + "/renew?" + TIME_LIMIT + "=" + timeLimit, null, Map.of(), what)
                .thenCompose(response ->
                        isSuccess(response) ? CompletableFuture.completedFuture(null) : refused(what, response));
    }

    /** Asks to close. The answer says how far the coordinator came: it may have been cancelled before. */
    CompletableFuture<LraStatus> close(Lra lra) {
        return end(lra, "close");
    }

    CompletableFuture<LraStatus> cancel(Lra lra) {
        return end(lra, "cancel");
    }

    private CompletableFuture<LraStatus> end(Lra lra, String how) {
        String what = how + " LRA " + lra.id();
        return connection
                .send("PUT", "/" + lra.uid() + "/" + how, "", Map.of(), what)
                .thenCompose(response -> {
                    boolean silent = isSuccess(response) && statusIn(response).isEmpty();
                    return response.statusCode() == 412 || silent ? status(lra) : statusOr(response, what);
                });
    }

    CompletableFuture<LraStatus> status(Lra lra) {
        String what = "tell the status of LRA " + lra.id();
        return connection
                .send("GET", "/" + lra.uid() + "/status", null, Map.of(), what)
                .thenCompose(response -> statusOr(response, what));
    }

    /** What this application has started and is Active, as far as the coordinator can tell. */
    CompletableFuture<List<Lra>> active() {
        String what = "list its LRAs";
        return connection
                .send("GET", "?Status=" + LraStatus.Active, null, Map.of("Accept", "application/json"), what)
                .thenCompose(response -> isSuccess(response) ? startedHere(response.body()) : refused(what, response));
    }

    private CompletableFuture<List<Lra>> startedHere(String list) {
        try {
            List<Lra> lras = new ArrayList<>();
            for (JsonNode lra : JSON.readTree(list)) {
                String client = lra.path("clientId").asText();
                String id = lra.path("lraId").asText();
                String sagaId = client.startsWith(clientId + OF_SAGA)
                        ? client.substring(clientId.length() + OF_SAGA.length())
                        : "";
                if (clientId.equals(client)) {
                    lras.add(new Lra(id));
                } else if (SagaId.isValid(sagaId)) {
                    lras.add(new Lra(LongRunningAction.of(id, new SagaId(sagaId))));
                }
            }
            return CompletableFuture.completedFuture(lras);
        } catch (JsonProcessingException e) {
            return CompletableFuture.failedFuture(unreadable(list, e));
        }
    }

    static LraException unreadable(String list, JsonProcessingException cause) {
        return new LraException("The LRA coordinator's list of LRAs cannot be read: " + abbreviated(list), cause);
    }

    private static CompletableFuture<LraStatus> statusOr(HttpResponse<String> response, String what) {
        if (isGone(response)) {
            return CompletableFuture.completedFuture(LraStatus.Gone);
        }
        Optional<LraStatus> status = statusIn(response);
        return isSuccess(response) && status.isPresent()
                ? CompletableFuture.completedFuture(status.get())
                : refused(what, response);
    }

    private static Optional<LraStatus> statusIn(HttpResponse<String> response) {
        return LraStatus.of(response.body());
    }

    /** It has ended, or never was. */
    static boolean isGone(HttpResponse<String> response) {
        return response.statusCode() == 404 || response.statusCode() == 410;
    }

    static boolean isSuccess(HttpResponse<String> response) {
        return response.statusCode() / 100 == 2;
    }

    static <T> CompletableFuture<T> refused(String what, HttpResponse<String> response) {
        return CompletableFuture.failedFuture(new LraException(
                "The LRA coordinator would not %s: HTTP %d%s, %s"
                        .formatted(
                                what,
                                response.statusCode(),
                                meaning(response.statusCode()),
                                abbreviated(response.body())),
                response.statusCode()));
    }

    private static String meaning(int status) {
        return switch (status) {
            case 401, 403 -> " (is caravan.lra.coordinator.secret the coordinator's?)";
            case 404, 410 -> " (it has ended, or never was)";
            case 412 -> " (it is ending)";
            default -> "";
        };
    }

    private static String abbreviated(String body) {
        return body.length() <= 300 ? body : body.substring(0, 300) + "…";
    }

    void close() {
        connection.close();
    }
}
