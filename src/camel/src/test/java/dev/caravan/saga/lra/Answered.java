package dev.caravan.saga.lra;

import dev.caravan.testing.HangLimit;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;

/** What the coordinator's client was answered. */
final class Answered {

    private Answered() {}

    static <T> T get(CompletableFuture<T> future) throws Exception {
        return future.get(HangLimit.SECONDS, TimeUnit.SECONDS);
    }

    static LraException failure(CompletableFuture<?> future) throws Exception {
        try {
            get(future);
            throw new AssertionError("It did not fail");
        } catch (ExecutionException e) {
            return (LraException) e.getCause();
        }
    }
}
