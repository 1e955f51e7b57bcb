package dev.caravan.saga.spring;

import dev.caravan.saga.engine.SagaHost;
import dev.caravan.saga.lra.CoordinatorLras;
import dev.caravan.saga.lra.LraSagaService;
import dev.caravan.saga.lra.LraSettings;
import dev.caravan.saga.time.Backoff;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.net.ssl.SSLSession;
import org.apache.camel.impl.DefaultCamelContext;

/**
 * A coordinator without a network, and nothing that it is asked changes its LRAs. {@code a1} and {@code c3} are Active, {@code
 * e5} is ending and {@code f6} failed, all of a client {@code quarkus}; {@code d4} is of an application of Caravan. What
 * would end {@code c3}, and what asks for {@code 0}, is never answered.
 */
final class CoordinatorOfOthers {

    private static final String ROOT = "http://coordinator/lra-coordinator";
    private static final byte[] SECRET = new byte[16];

    private final List<String> requests = new CopyOnWriteArrayList<>();

    /** What it was asked, and with which secret. */
    List<String> requests() {
        return requests;
    }

    CoordinatorLras lras(SagaHost host) {
        LraSettings settings = new LraSettings(
                () -> URI.create(ROOT),
                this::answer,
                "secret",
                () -> URI.create("http://here/lra-participant"),
                "trips",
                Duration.ofSeconds(1),
                Duration.ofSeconds(1),
                SECRET,
                new Backoff(Duration.ZERO, Duration.ZERO, 0));
        return new LraSagaService(new DefaultCamelContext(), host, settings, settings.retry()).lras();
    }

    private CompletableFuture<HttpResponse<String>> answer(HttpRequest request) {
        String path = request.uri().toString().substring(ROOT.length());
        requests.add("%s %s %s"
                .formatted(
                        request.method(),
                        path,
                        request.headers().firstValue("Authorization").orElse("without a secret")));
        String open = Stream.of(
                        lra("a1", "Active"),
                        lra("c3", "Active"),
                        lra("d4", "Active").replace("quarkus", "hotels#trip-1"),
                        lra("e5", "Cancelling"),
                        lra("e5", "Cancelling"))
                .collect(Collectors.joining(",", "[", "]"));
        String failed = "[" + lra("f6", "FailedToClose") + "]";
        return switch (request.method() + " " + path) {
            case "GET " -> answered(request, 200, open);
            case "GET /recovery" -> answered(request, 200, "[]");
            case "GET /recovery/failed" -> answered(request, 200, failed);
            case "GET /a1" -> answered(request, 200, lra("a1", "Active"));
            case "GET /c3" -> answered(request, 200, lra("c3", "Active"));
            case "GET /d4" -> answered(request, 200, lra("d4", "Active").replace("quarkus", "hotels#trip-1"));
            case "GET /e5" -> answered(request, 200, lra("e5", "Cancelling"));
            case "PUT /a1/close" -> answered(request, 200, "Closed");
            case "PUT /a1/cancel" -> answered(request, 200, "Cancelled");
            case "DELETE /recovery/f6" -> answered(request, 204, "");
            case "GET /0", "PUT /c3/cancel" -> CompletableFuture.failedFuture(new IOException("it is away"));
            default -> answered(request, 404, "");
        };
    }

    private static String lra(String uid, String status) {
        return """
                {"lraId": "%s/%s", "clientId": "quarkus", "status": "%s", "startTime": 1772366400000,
                 "finishTime": 1772366460000, "topLevel": true, "recovering": false}""".formatted(ROOT, uid, status);
    }

    private static CompletableFuture<HttpResponse<String>> answered(HttpRequest request, int status, String body) {
        return CompletableFuture.completedFuture(new Answer(request, status, body));
    }

    private record Answer(HttpRequest request, int statusCode, String body) implements HttpResponse<String> {

        @Override
        public Optional<HttpResponse<String>> previousResponse() {
            return Optional.empty();
        }

        @Override
        public HttpHeaders headers() {
            return HttpHeaders.of(Map.of(), (name, value) -> true);
        }

        @Override
        public Optional<SSLSession> sslSession() {
            return Optional.empty();
        }

        @Override
        public URI uri() {
            return request.uri();
        }

        @Override
        public HttpClient.Version version() {
            return HttpClient.Version.HTTP_1_1;
        }
    }
}
