package dev.caravan.saga.lra;

import dev.caravan.saga.camel.Failures;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Requests to the configured coordinator and to nobody else: each has a time-out, none blocks. */
final class CoordinatorConnection {

    private final Supplier<URI> coordinator;
    private final @Nullable String secret;
    private final Duration timeout;
    private final CircuitBreaker breaker;
    private volatile @Nullable CoordinatorTransport transport;

    /**
     * @param coordinator for instance {@code http://localhost:8080/lra-coordinator}; asked when it is first needed
     * @param secret sent with each request; {@code null} or blank: none
     * @param timeout of a request until its answer has been read
     */
    CoordinatorConnection(
            Supplier<URI> coordinator,
            @Nullable String secret,
            Duration timeout,
            CircuitBreaker breaker,
            CoordinatorTransport transport) {
        this.coordinator = coordinator;
        this.secret = secret;
        this.timeout = timeout;
        this.breaker = breaker;
        this.transport = transport;
    }

    /**
     * Sends a request.
     *
     * @param path below the coordinator's URL
     * @param body text; {@code null}: none
     * @param what for the text of errors, for instance {@code close LRA x}
     * @return fails with {@link LraException} when no answer came
     */
    CompletableFuture<HttpResponse<String>> send(
            String method, String path, @Nullable String body, Map<String, String> headers, String what) {
        CoordinatorTransport open = transport;
        if (open == null) {
            return failed(what, "this application stops", null);
        }
        Duration wait = breaker.admit();
        if (!wait.isZero()) {
            return failed(
                    what,
                    "it does not answer, and is asked again in %d ms at the earliest".formatted(wait.toMillis()),
                    null);
        }
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(coordinator.get() + path))
                .timeout(timeout)
                .header("Accept", "text/plain")
                .method(
                        method,
                        body == null ? HttpRequest.BodyPublishers.noBody() : HttpRequest.BodyPublishers.ofString(body));
        if (body != null) {
            request.header("Content-Type", "text/plain");
        }
        headers.forEach(request::setHeader);
        if (secret != null && !secret.isBlank()) {
            request.header("Authorization", "Bearer " + secret);
        }
        CompletableFuture<HttpResponse<String>> answer = open.send(request.build());
        return answer.orTimeout(timeout.toMillis(), TimeUnit.MILLISECONDS)
                .handle((response, failure) -> {
                    if (failure == null) {
                        breaker.answered();
                        return CompletableFuture.completedFuture(response);
                    }
                    answer.cancel(true);
                    breaker.notAnswered();
                    return this.<HttpResponse<String>>failed(what, text(failure), failure);
                })
                .thenCompose(result -> result);
    }

    private static String text(Throwable failure) {
        Throwable cause = Failures.cause(failure);
        return cause.getMessage() == null
                ? cause.getClass().getSimpleName()
                : cause.getClass().getSimpleName() + ", " + cause.getMessage();
    }

    private <T> CompletableFuture<T> failed(String what, String why, @Nullable Throwable cause) {
        return CompletableFuture.failedFuture(new LraException(
                "The LRA coordinator %s cannot %s: %s".formatted(coordinator.get(), what, why), cause));
    }

    /** Nothing is sent any more. The threads and connections of HTTP end when its last answer has come. */
    void close() {
        transport = null;
    }
}
