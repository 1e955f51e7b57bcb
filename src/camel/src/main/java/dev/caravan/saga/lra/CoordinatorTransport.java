package dev.caravan.saga.lra;

import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

/**
 * Takes requests to the coordinator: over HTTP, or, when it is in the same process, without a socket. Does not block. A
 * future fails when there is no answer; one that is cancelled is no longer waited for. What follows an answer runs on
 * none of the coordinator's threads.
 */
@FunctionalInterface
public interface CoordinatorTransport {

    CompletableFuture<HttpResponse<String>> send(HttpRequest request);

    /** HTTP/1.1. Connections are kept alive, and redirects are not followed. */
    static CoordinatorTransport http(Duration connectTimeout, Executor executor) {
        HttpClient http = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(connectTimeout)
                .followRedirects(HttpClient.Redirect.NEVER)
                .executor(executor)
                .build();
        return request -> http.sendAsync(request, HttpResponse.BodyHandlers.ofString());
    }
}
