package dev.caravan.travel;

import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/** Eight who order one after another, and each order once: one that was cut off is not known to have begun, and not sent again. */
final class Customers implements AutoCloseable {

    /** The answer to an order that was cut off. */
    static final int NONE = 0;

    private static final int CUSTOMERS = 8;
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    private final URI orders;
    private final int number;
    private final Map<String, Integer> answers = new ConcurrentHashMap<>();
    private final AtomicInteger next = new AtomicInteger();
    private final ExecutorService threads = Executors.newFixedThreadPool(CUSTOMERS);
    private volatile CountDownLatch open = new CountDownLatch(1);

    /** @param number of orders; each has its number behind the prefix */
    Customers(URI orders, int number, String prefix) {
        this.orders = orders;
        this.number = number;
        for (int customer = 0; customer < CUSTOMERS; customer++) {
            threads.submit(() -> orderAll(prefix));
        }
    }

    /** They order from now on. */
    void come() {
        open.countDown();
    }

    /** They begin no more orders until they are told to. */
    void stay() {
        open = new CountDownLatch(1);
    }

    /** HTTP status by order, or {@link #NONE}. */
    Map<String, Integer> answers() {
        return Map.copyOf(answers);
    }

    private Void orderAll(String prefix) throws InterruptedException {
        for (int order = next.getAndIncrement(); order < number; order = next.getAndIncrement()) {
            order(prefix + order);
        }
        return null;
    }

    private void order(String order) throws InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(orders)
                .header("Content-Type", "text/plain")
                .POST(HttpRequest.BodyPublishers.ofString(order))
                .build();
        while (!answers.containsKey(order)) {
            open.await();
            try {
                answers.put(
                        order,
                        HTTP.send(request, HttpResponse.BodyHandlers.discarding())
                                .statusCode());
            } catch (ConnectException e) {
                // nobody is there: it has not begun, and is ordered again
                Thread.onSpinWait();
            } catch (IOException e) {
                answers.put(order, NONE);
            }
        }
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}
