package dev.caravan.shop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.caravan.shop.ShopClient.Saga;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Many orders at the same time, some of which want the same thing. No step runs out of time, however busy the machine. */
@Tag("thorough")
class ConcurrentOrdersIT {

    private ShopProcess process;
    private ShopClient shop;

    @BeforeEach
    void start() {
        process = new ShopProcess(
                        FreshDataDirectory.make("concurrent"),
                        "--order.saga.step-timeout=10m",
                        "--caravan.payment.gateway.timeout=5m",
                        "--caravan.shop.timeline=false")
                .start();
        shop = process.client();
    }

    @AfterEach
    void leavesNothingPendingAndEverythingAddsUp() {
        try (ShopProcess last = process) {
            Invariants.hold(shop, last.brokers());
            last.terminate();
            Invariants.holdIn(last.database());
        }
    }

    @Test
    void completesAsManyOrdersAsThereAreGrindersAndUndoesTheOthers() throws Exception {
        List<OrderRequest> orders = new ArrayList<>();
        orders.addAll(Collections.nCopies(40, OrderRequest.of("COFFEE", 2)));
        orders.addAll(Collections.nCopies(20, OrderRequest.of("GRINDER", 1)));
        orders.addAll(Collections.nCopies(10, OrderRequest.of("OUT-OF-STOCK", 1)));
        orders.addAll(Collections.nCopies(10, OrderRequest.of("COFFEE", 1).paidWith(OrderRequest.DECLINED_CARD)));
        orders.addAll(Collections.nCopies(10, OrderRequest.of("COFFEE", 1).paidWith(OrderRequest.FLAKY_CARD)));
        orders.addAll(Collections.nCopies(10, OrderRequest.of("COFFEE", 3).shippedTo("AQ")));
        Collections.shuffle(orders, new Random(1));

        List<String> ends = runAtOnce(orders);

        assertThat(ends(orders, ends, "GRINDER", OrderRequest.GOOD_CARD, "KR"))
                .containsOnly("COMPLETED", "COMPENSATED")
                .filteredOn("COMPLETED"::equals)
                .hasSize(10);
        assertThat(ends(orders, ends, "COFFEE", OrderRequest.GOOD_CARD, "KR"))
                .hasSize(40)
                .containsOnly("COMPLETED");
        assertThat(ends(orders, ends, "COFFEE", OrderRequest.FLAKY_CARD, "KR"))
                .hasSize(10)
                .containsOnly("COMPLETED");
        assertThat(ends(orders, ends, "COFFEE", OrderRequest.DECLINED_CARD, "KR"))
                .hasSize(10)
                .containsOnly("COMPENSATED");
        assertThat(ends(orders, ends, "COFFEE", OrderRequest.GOOD_CARD, "AQ"))
                .hasSize(10)
                .containsOnly("COMPENSATED");
        assertThat(ends(orders, ends, "OUT-OF-STOCK", OrderRequest.GOOD_CARD, "KR"))
                .hasSize(10)
                .containsOnly("COMPENSATED");
        assertThat(shop.stock("GRINDER").path("available").asInt()).isZero();
    }

    private List<String> runAtOnce(List<OrderRequest> orders) throws Exception {
        ExecutorService customers = Executors.newFixedThreadPool(orders.size());
        try {
            List<Future<Saga>> sagas = orders.stream()
                    .map(order -> customers.submit(() -> shop.run(order)))
                    .toList();
            List<String> ends = new ArrayList<>();
            for (Future<Saga> saga : sagas) {
                ends.add(saga.get().status());
            }
            return ends;
        } finally {
            customers.shutdown();
        }
    }

    private static List<String> ends(
            List<OrderRequest> orders, List<String> ends, String productId, String card, String country) {
        return IntStream.range(0, orders.size())
                .filter(i -> orders.get(i).items().get(0).get("productId").equals(productId)
                        && orders.get(i).card().equals(card)
                        && orders.get(i).country().equals(country))
                .mapToObj(ends::get)
                .toList();
    }
}
