package dev.caravan.saga.host;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/** The exchanges that work on steps of one saga. Thread-safe. */
final class Workers {

    private final Map<String, CompletableFuture<Void>> atWork = new HashMap<>();

    synchronized void add(String exchangeId) {
        atWork.computeIfAbsent(exchangeId, id -> new CompletableFuture<>());
    }

    void remove(String exchangeId) {
        CompletableFuture<Void> done;
        synchronized (this) {
            done = atWork.remove(exchangeId);
        }
        if (done != null) {
            done.complete(null);
        }
    }

    synchronized CompletableFuture<Void> allDone() {
        return CompletableFuture.allOf(atWork.values().toArray(CompletableFuture[]::new));
    }
}
