package dev.caravan.coordinator.tck;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;
import org.eclipse.microprofile.lra.tck.service.spi.LRACallbackException;
import org.eclipse.microprofile.lra.tck.service.spi.LRARecoveryService;

/** Has the coordinator make a recovery pass, as the TCK asks for: a GET of its list of LRAs that are recovered. */
public class RecoveryRequests implements LRARecoveryService {

    /** The TCK waits this long for callbacks; that they may come later is its own concern. */
    private static final Duration CALLBACKS = Duration.ofSeconds(1);

    @Override
    public void waitForCallbacks(URI lraId) throws LRACallbackException {
        try {
            Awaitility.await()
                    .atMost(CALLBACKS)
                    .pollInterval(Duration.ofMillis(50))
                    .until(() -> send(lraId).statusCode() == 404);
        } catch (ConditionTimeoutException e) {
            System.getLogger("tck").log(System.Logger.Level.DEBUG, "LRA {0} goes on", lraId);
        }
    }

    @Override
    public boolean waitForEndPhaseReplay(URI lraId) {
        String id = lraId.toString();
        URI coordinator = URI.create(id.substring(0, id.indexOf("/lra-coordinator")) + "/lra-coordinator");
        return !send(URI.create(coordinator + "/recovery")).body().contains(id)
                && !send(coordinator).body().contains(id);
    }

    private static HttpResponse<String> send(URI uri) {
        try {
            return HttpClient.newHttpClient()
                    .send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
