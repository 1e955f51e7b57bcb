package dev.caravan.shop.crash;

import static org.awaitility.Awaitility.await;

import dev.caravan.shop.OrderRequest;
import dev.caravan.shop.ShopClient.Answer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.springframework.web.client.RestClientException;

/** Customers who order all at the same time, and order again until the shop has said that it took the order. */
final class Customers implements AutoCloseable {

    private static final Duration PAUSE = Duration.ofMillis(200);

    /** Of a saga that was started before, it may have ended already. */
    private static final Set<Integer> TAKEN = Set.of(200, 202);

    private final BiFunction<OrderRequest, String, Answer> shop;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final List<CompletableFuture<Accepted>> orders = new ArrayList<>();

    /** @param shop takes an order, or fails; who asks again has another order */
    Customers(Function<OrderRequest, Answer> shop) {
        this((order, key) -> shop.apply(order));
    }

    /** @param shop takes an order by its key, or fails; who asks again has the same key, and so the same order */
    Customers(BiFunction<OrderRequest, String, Answer> shop) {
        this.shop = shop;
    }

    /** An order that the shop answered for. */
    record Accepted(OrderRequest order, String sagaId) {

        /** How the order ends, whatever happens: its data say so. */
        String expectedEnd() {
            boolean good = !order.card().equals(OrderRequest.DECLINED_CARD)
                    && !order.country().equals("AQ")
                    && order.items().stream()
                            .noneMatch(item -> item.get("productId").equals("OUT-OF-STOCK"));
            return good ? "COMPLETED" : "COMPENSATED";
        }
    }

    /** Of sixteen orders half end well; the others fail at each of the steps after the first. */
    static List<OrderRequest> sixteen(Random random) {
        OrderRequest coffee = OrderRequest.of("COFFEE", 2);
        List<OrderRequest> all = new ArrayList<>();
        all.addAll(Collections.nCopies(6, coffee));
        all.addAll(Collections.nCopies(2, coffee.paidWith(OrderRequest.FLAKY_CARD)));
        all.addAll(Collections.nCopies(2, coffee.paidWith(OrderRequest.DECLINED_CARD)));
        all.addAll(Collections.nCopies(2, OrderRequest.of("OUT-OF-STOCK", 1)));
        all.addAll(Collections.nCopies(4, coffee.shippedTo("AQ")));
        Collections.shuffle(all, random);
        return all;
    }

    void place(List<OrderRequest> requests) {
        requests.forEach(request -> orders.add(CompletableFuture.supplyAsync(() -> order(request), threads)));
    }

    private Accepted order(OrderRequest request) {
        String key = UUID.randomUUID().toString();
        return await().pollDelay(Duration.ZERO)
                .pollInterval(PAUSE)
                .until(() -> attempt(request, key), Optional::isPresent)
                .orElseThrow();
    }

    /** None if it was refused, and none if it is not known whether it was taken: then the answer has no saga. */
    private Optional<Accepted> attempt(OrderRequest request, String key) {
        try {
            Answer answer = shop.apply(request, key);
            return TAKEN.contains(answer.status())
                    ? Optional.ofNullable(answer.text("sagaId")).map(saga -> new Accepted(request, saga))
                    : Optional.empty();
        } catch (RestClientException e) {
            return Optional.empty();
        }
    }

    void place(OrderRequest request, int times) {
        place(Collections.nCopies(times, request));
    }

    /** Waits until every order was taken. */
    List<Accepted> accepted() {
        return orders.stream().map(CompletableFuture::join).toList();
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}
