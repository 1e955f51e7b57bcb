package dev.caravan.saga.engine;

import java.util.concurrent.CompletionException;

/** What is behind the wrappers of futures. */
final class Causes {

    private Causes() {}

    static Throwable of(Throwable failure) {
        return failure instanceof CompletionException && failure.getCause() != null ? of(failure.getCause()) : failure;
    }
}
