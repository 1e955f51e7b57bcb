package dev.caravan.coordinator;

import jakarta.servlet.ServletException;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedTransferQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;
import java.util.function.Supplier;
import org.jboss.resteasy.spi.Dispatcher;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.scheduling.concurrent.CustomizableThreadFactory;

/**
 * Takes requests from the application that the coordinator is in, without a socket: the same URLs, headers, filters and
 * resources as over HTTP. Each is worked on by a thread of the coordinator, as many at a time as a web server has by
 * default; more wait. The executor that comes with a request goes on with the answer, so that these threads do nothing
 * else. One that was cancelled before its turn is not worked on; one that is under way ends.
 *
 * <p>Futures fail with {@link IOException} when the coordinator does not run, and with nothing else.
 */
class LocalRequests
        implements BiFunction<HttpRequest, Executor, CompletableFuture<HttpResponse<String>>>, SmartLifecycle {

    private static final Logger LOGGER = LoggerFactory.getLogger(LocalRequests.class);

    private static final int THREADS = 200;
    private static final int IDLE_SECONDS = 30;
    private static final int SERVER_ERROR = 500;

    private final CoordinatorFilter filter;
    private final Supplier<Dispatcher> coordinator;
    private final Duration patience;
    private volatile ThreadPoolExecutor threads;

    /** @param patience how long {@link #stop} waits for requests that are under way */
    LocalRequests(CoordinatorFilter filter, Supplier<Dispatcher> coordinator, Duration patience) {
        this.filter = filter;
        this.coordinator = coordinator;
        this.patience = patience;
    }

    /** Gives a task to a thread that waits for one; the pool makes a new thread otherwise, instead of letting it wait. */
    private static final class Handover extends LinkedTransferQueue<Runnable> {

        private static final long serialVersionUID = 1L;

        @Override
        public boolean offer(Runnable task) {
            return tryTransfer(task);
        }
    }

    @Override
    public CompletableFuture<HttpResponse<String>> apply(HttpRequest request, Executor goesOn) {
        CompletableFuture<HttpResponse<String>> answer = new CompletableFuture<>();
        ThreadPoolExecutor running = threads;
        try {
            if (running == null) {
                throw new RejectedExecutionException();
            }
            running.execute(() -> {
                if (!answer.isDone()) {
                    HttpResponse<String> response = answer(request);
                    answer.completeAsync(() -> response, goesOn);
                }
            });
        } catch (RejectedExecutionException e) {
            answer.completeExceptionally(new IOException("the coordinator in this application does not run", e));
        }
        return answer;
    }

    private HttpResponse<String> answer(HttpRequest request) {
        try {
            LocalExchange exchange = new LocalExchange(request, coordinator.get());
            filter.filter(exchange, exchange);
            return exchange.answer();
        } catch (IOException | ServletException | RuntimeException e) {
            LOGGER.error("The LRA coordinator could not work on {} {}", request.method(), request.uri(), e);
            return LocalExchange.answer(request, SERVER_ERROR, String.valueOf(e.getMessage()));
        }
    }

    @Override
    public void start() {
        CustomizableThreadFactory factory = new CustomizableThreadFactory("lra-local-");
        factory.setDaemon(true);
        threads = new ThreadPoolExecutor(
                0, THREADS, IDLE_SECONDS, TimeUnit.SECONDS, new Handover(), factory, (task, pool) -> {
                    if (pool.isShutdown()) {
                        throw new RejectedExecutionException();
                    }
                    pool.getQueue().add(task); // all threads are at work
                });
    }

    /** Never interrupts a thread: it could be writing to the journal, which an interrupt closes. */
    @Override
    public void stop() {
        ThreadPoolExecutor running = threads;
        threads = null;
        running.shutdown();
        try {
            if (!running.awaitTermination(patience.toMillis(), TimeUnit.MILLISECONDS)) {
                LOGGER.warn("{} requests to the LRA coordinator are still under way", running.getActiveCount());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public boolean isRunning() {
        return threads != null;
    }

    /** Between the coordinator and the web server: the store is open as long as requests are taken. */
    @Override
    public int getPhase() {
        return DEFAULT_PHASE - 2560;
    }
}
