package dev.caravan.saga.camel;

import dev.caravan.saga.engine.RouteThreads;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import org.apache.camel.Exchange;

/** How a route waits for what is not done yet. */
final class RouteWait {

    private RouteWait() {}

    /**
     * A transaction is bound to its thread: a transacted exchange holds its thread until the awaited is done. Any other
     * holds none, and goes on on a thread where it may block.
     *
     * @return completes as the awaited does
     */
    static <T> CompletableFuture<T> of(Exchange exchange, CompletableFuture<T> awaited, RouteThreads threads) {
        if (exchange == null || !exchange.isTransacted()) {
            return threads.goOn(awaited);
        }
        try {
            return CompletableFuture.completedFuture(awaited.get());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return CompletableFuture.failedFuture(e);
        } catch (ExecutionException e) {
            return CompletableFuture.failedFuture(e.getCause());
        } catch (CancellationException | CompletionException e) {
            return CompletableFuture.failedFuture(e);
        }
    }
}
