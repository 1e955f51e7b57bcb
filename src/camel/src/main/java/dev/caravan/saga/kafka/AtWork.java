package dev.caravan.saga.kafka;

import java.util.concurrent.CompletableFuture;

/** Counts what is at work, and lets nothing more begin at the end. Thread-safe. */
final class AtWork {

    private final CompletableFuture<Void> nothing = new CompletableFuture<>();
    private int count;
    private boolean ending;

    /** @return false: it must not begin any more */
    synchronized boolean begin() {
        if (!ending) {
            count++;
        }
        return !ending;
    }

    void done() {
        boolean last;
        synchronized (this) {
            count--;
            last = ending && count == 0;
        }
        if (last) {
            nothing.complete(null);
        }
    }

    /** @return completes when nothing is at work any more */
    CompletableFuture<Void> end() {
        boolean idle;
        synchronized (this) {
            ending = true;
            idle = count == 0;
        }
        if (idle) {
            nothing.complete(null);
        }
        return nothing;
    }
}
