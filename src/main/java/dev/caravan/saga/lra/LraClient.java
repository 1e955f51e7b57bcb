package dev.caravan.saga.lra;

import dev.caravan.saga.SagaId;
import dev.caravan.saga.camel.LongRunningAction;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.apache.camel.Exchange;

/**
 * Speaks MicroProfile LRA's HTTP protocol with one coordinator. Every request has a time-out, none blocks, and only the
 * configured coordinator is called: of an LRA's id, only the last path segment is used.
 */
final class LraClient {

    private static final String TIME_LIMIT = "TimeLimit";

    private final Supplier<URI> coordinator;
    private final String clientId;
    private final Duration timeout;
    private final HttpClient http;

    /** A started LRA: the id that the coordinator gave it, and the saga of that name. */
    record Lra(String id, SagaId sagaId) {
        static Lra of(String id) {
            return new Lra(id, LongRunningAction.sagaId(id));
        }
    }

    /**
     * @param coordinator for instance {@code http://localhost:8080/lra-coordinator}; asked when it is first needed
     * @param timeout of a request, and of connecting
     */
    LraClient(Supplier<URI> coordinator, String clientId, Duration timeout, Executor executor) {
        this.coordinator = coordinator;
        this.clientId = clientId;
        this.timeout = timeout;
        this.http = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(timeout)
                .executor(executor)
                .build();
    }

    CompletableFuture<Lra> start() {
        String query = "?ClientID=" + URLEncoder.encode(clientId, StandardCharsets.UTF_8);
        HttpRequest request = request("/start" + query)
                .POST(HttpRequest.BodyPublishers.noBody())
                .build();
        return send(request).thenCompose(response -> {
            Optional<String> id = response.headers()
                    .firstValue("Location")
                    .or(() -> response.headers().firstValue(Exchange.SAGA_LONG_RUNNING_ACTION))
                    .or(() -> Optional.of(response.body()));
            return response.statusCode() / 100 == 2 && !id.get().isBlank()
                    ? CompletableFuture.completedFuture(Lra.of(id.get().trim()))
                    : refused("start an LRA", response);
        });
    }

    /**
     * @param link the participant's callbacks, as the value of the header {@code Link}
     * @param timeLimit in ms; 0: none
     */
    CompletableFuture<Void> join(Lra lra, String link, long timeLimit) {
        String query = timeLimit > 0 ? "?" + TIME_LIMIT + "=" + timeLimit : "";
        HttpRequest request = request("/" + lra.sagaId() + query)
                .header("Link", link)
                .header(Exchange.SAGA_LONG_RUNNING_ACTION, lra.id())
                .header("Content-Type", "text/plain")
                .PUT(HttpRequest.BodyPublishers.ofString(""))
                .build();
        return send(request)
                .thenCompose(response -> response.statusCode() / 100 == 2
                        ? CompletableFuture.completedFuture(null)
                        : refused("join LRA " + lra.id(), response));
    }

    /** Has the coordinator cancel the LRA after this many ms, unless it ends before. */
    CompletableFuture<Void> limit(Lra lra, long timeLimit) {
        HttpRequest request = request("/" + lra.sagaId() + "/renew?" + TIME_LIMIT + "=" + timeLimit)
                .PUT(HttpRequest.BodyPublishers.noBody())
                .build();
        return send(request)
                .thenCompose(response -> response.statusCode() / 100 == 2
                        ? CompletableFuture.completedFuture(null)
                        : refused("limit LRA " + lra.id(), response));
    }

    /** Asks to close. The answer says how far the coordinator came: it may have been cancelled before. */
    CompletableFuture<LraStatus> close(Lra lra) {
        return end(lra, "/close");
    }

    CompletableFuture<LraStatus> cancel(Lra lra) {
        return end(lra, "/cancel");
    }

    private CompletableFuture<LraStatus> end(Lra lra, String how) {
        HttpRequest request = request("/" + lra.sagaId() + how)
                .header("Content-Type", "text/plain")
                .PUT(HttpRequest.BodyPublishers.ofString(""))
                .build();
        return send(request)
                .thenCompose(response -> response.statusCode() == 412
                        ? status(lra)
                        : statusIn(response, how.substring(1) + " LRA " + lra.id()));
    }

    CompletableFuture<LraStatus> status(Lra lra) {
        HttpRequest request = request("/" + lra.sagaId() + "/status").GET().build();
        return send(request).thenCompose(response -> statusIn(response, "see the status of LRA " + lra.id()));
    }

    private CompletableFuture<LraStatus> statusIn(HttpResponse<String> response, String what) {
        if (response.statusCode() == 404 || response.statusCode() == 410) {
            return CompletableFuture.completedFuture(LraStatus.Gone);
        }
        String body = response.body().trim();
        Optional<LraStatus> status = Arrays.stream(LraStatus.values())
                .filter(known -> known.name().equals(body))
                .findFirst();
        return response.statusCode() / 100 == 2 && status.isPresent()
                ? CompletableFuture.completedFuture(status.get())
                : refused(what, response);
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create(coordinator.get() + path))
                .timeout(timeout)
                .header("Accept", "text/plain");
    }

    private CompletableFuture<HttpResponse<String>> send(HttpRequest request) {
        return http.sendAsync(request, HttpResponse.BodyHandlers.ofString());
    }

    private static <T> CompletableFuture<T> refused(String what, HttpResponse<String> response) {
        return CompletableFuture.failedFuture(new LraException("The LRA coordinator would not %s: HTTP %d, %s"
                .formatted(what, response.statusCode(), abbreviated(response.body()))));
    }

    private static String abbreviated(String body) {
        return body.length() <= 300 ? body : body.substring(0, 300) + "…";
    }
}
