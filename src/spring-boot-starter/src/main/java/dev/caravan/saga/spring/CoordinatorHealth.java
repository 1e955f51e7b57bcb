package dev.caravan.saga.spring;

import java.io.IOException;
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

    /** @param coordinator throws IllegalStateException as long as it is in this application, whose port is not known yet */
    CoordinatorHealth(Supplier<URI> coordinator) {
        this.coordinator = coordinator;
    }

    /** Asks for sagas of which there are none, so that the answer is short. Trouble is in the answer, not in the application's log. */
    @Override
    protected void doHealthCheck(Health.Builder health) throws InterruptedException {
        URI url;
        try {
            url = coordinator.get();
        } catch (IllegalStateException e) {
            health.outOfService().withDetail("reason", "the web server is about to start");
            return;
        }
        health.withDetail("coordinator", url.toString());
        try {
            int status = http.send(request(url), HttpResponse.BodyHandlers.discarding())
                    .statusCode();
            health.status(status < SERVER_ERROR ? "UP" : "DOWN").withDetail("answer", status);
        } catch (IOException e) {
            health.down().withDetail("error", String.valueOf(e));
        }
    }

    private static HttpRequest request(URI coordinator) {
        return HttpRequest.newBuilder(URI.create(coordinator + "/recovery/failed"))
                .timeout(TIMEOUT)
                .header("Accept", "application/json")
                .GET()
                .build();
    }
}
