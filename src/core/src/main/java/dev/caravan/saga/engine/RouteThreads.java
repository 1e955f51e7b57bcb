package dev.caravan.saga.engine;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import org.jspecify.annotations.Nullable;

/**
 * Threads on which the routes of an application run, where they may block: the log, timers and replies have threads of
 * their own and never wait for a route. Thread-safe.
 *
 * <p>What is run from one of these threads runs on that thread at once.
 */
public final class RouteThreads implements AutoCloseable {

    private static final ThreadLocal<RouteThreads> CURRENT = new ThreadLocal<>();

    private final @Nullable Executor executor;

    private RouteThreads(@Nullable Executor executor) {
        this.executor = executor;
    }

    /** No threads: a route goes on where it was told what it waited for. For an application whose routes do not block. */
    public static RouteThreads none() {
        return new RouteThreads(null);
    }

    /** @param executor must accept every task; is shut down by {@link #close()} if it is an {@link ExecutorService} */
    public static RouteThreads of(Executor executor) {
        return new RouteThreads(executor);
    }

    /** True for {@link #none()}. */
    public boolean isNone() {
        return executor == null;
    }

    /** Runs a part of a route; must not be called with a lock held. */
    public void run(Runnable route) {
        if (executor == null || CURRENT.get() == this) {
            route.run();
        } else {
            executor.execute(() -> runHere(route));
        }
    }

    private void runHere(Runnable route) {
        CURRENT.set(this);
        try {
            route.run();
        } finally {
            CURRENT.remove();
        }
    }

    /**
     * What a route waits for.
     *
     * @return completes as the awaited does, on one of these threads unless it is done already
     */
    public <T> CompletableFuture<T> goOn(CompletableFuture<T> awaited) {
        if (executor == null || awaited.isDone()) {
            return awaited;
        }
        CompletableFuture<T> told = new CompletableFuture<>();
        awaited.whenComplete((value, failure) -> run(() -> {
            if (failure == null) {
                told.complete(value);
            } else {
                told.completeExceptionally(failure);
            }
        }));
        return told;
    }

    /** Where a route goes on: one of these threads, or else the given one. */
    Executor or(Executor other) {
        return executor == null ? other : task -> executor.execute(() -> runHere(task));
    }

    @Override
    public void close() {
        if (executor instanceof ExecutorService service) {
            service.shutdown();
        }
    }
}
