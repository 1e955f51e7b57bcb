package dev.caravan.saga.spring;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.function.Supplier;
import org.springframework.boot.actuate.health.AbstractHealthIndicator;
import org.springframework.boot.actuate.health.Health;

/** UP when the LRA coordinator answers. Without it sagas neither start nor end. */
final class CoordinatorHealth extends AbstractHealthIndicator {

    private static final Duration TIMEOUT = Duration.ofSeconds(2);
    private static final int SERVER_ERROR = 500;

    private final Supplier<URI> coordinator;
    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(TIMEOUT).build();

    CoordinatorHealth(Supplier<URI> coordinator) {
        this.coordinator = coordinator;
    }

    /** Asks for sagas of which there are none, so that the answer is short. */
    @Override
    protected void doHealthCheck(Health.Builder health) throws Exception {
        URI url = coordinator.get();
        HttpRequest request = HttpRequest.newBuilder(URI.create(url + "/recovery/failed"))
                .timeout(TIMEOUT)
                .header("Accept", "application/json")
                .GET()
                .build();
        int status = http.send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
        health.status(status < SERVER_ERROR ? "UP" : "DOWN")
                .withDetail("coordinator", url.toString())
                .withDetail("answer", status);
    }
}
