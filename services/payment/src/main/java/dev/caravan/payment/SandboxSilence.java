package dev.caravan.payment;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.springframework.context.SmartLifecycle;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.context.request.async.DeferredResult;

/**
 * Requests that get no answer. They hold no thread. A servlet container does not notice that the client of a silent
 * request is gone, so each is let go after ten minutes, which outlasts every client; and all of them when the process
 * stops, before its web server waits for requests to end.
 */
class SandboxSilence implements SmartLifecycle {

    private static final Duration LONGEST = Duration.ofMinutes(10);

    /** Each keeps a connection. */
    private static final int MOST = 1000;

    private final Set<DeferredResult<ResponseEntity<Object>>> silent = ConcurrentHashMap.newKeySet();
    private volatile boolean running;

    DeferredResult<ResponseEntity<Object>> request() {
        DeferredResult<ResponseEntity<Object>> result =
                new DeferredResult<>(LONGEST.toMillis(), SandboxSilence::stopped);
        if (silent.size() >= MOST) {
            result.setResult(stopped());
            return result;
        }
        silent.add(result);
        result.onCompletion(() -> silent.remove(result));
        return result;
    }

    private static ResponseEntity<Object> stopped() {
        return ResponseEntity.status(HttpStatus.SERVICE_UNAVAILABLE).build();
    }

    int size() {
        return silent.size();
    }

    @Override
    public void start() {
        running = true;
    }

    @Override
    public void stop() {
        running = false;
        silent.forEach(result -> result.setResult(stopped()));
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    @Override
    public int getPhase() {
        return Integer.MAX_VALUE;
    }
}
