package dev.caravan.saga.host;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/** The exchanges that work on steps of one saga. Thread-safe. */
public final class Workers {

    private final Map<String, CompletableFuture<Void>> atWork = new HashMap<>();

    Workers() {}

    /** An exchange works on a step, until {@link #remove} is called for it. */
    public synchronized void add(String exchangeId) {
        atWork.computeIfAbsent(exchangeId, id -> new CompletableFuture<>());
    }

    /** The exchange no longer works on steps of this saga; {@code null} and unknown ones are ignored. */
    public void remove(String exchangeId) {
        CompletableFuture<Void> done;
        synchronized (this) {
            done = atWork.remove(exchangeId);
        }
        if (done != null) {
            done.complete(null);
        }
    }

    /** Completes when none of those that work now does so any more. */
    public synchronized CompletableFuture<Void> allDone() {
        return CompletableFuture.allOf(atWork.values().toArray(CompletableFuture[]::new));
    }
}
