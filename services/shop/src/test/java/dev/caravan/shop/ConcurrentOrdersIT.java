package dev.caravan.shop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.caravan.shop.ShopClient.Answer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Value;

/** Many orders at the same time, some of which want the same thing. */
@ShopTest
class ConcurrentOrdersIT {

    private static final Map<String, String> WAIT = Map.of("Prefer", "wait=60");

    @Value("${local.server.port}")
    private int port;

    @Value("${camel.component.kafka.brokers}")
    private String brokers;

    @Autowired
    private DataSource dataSource;

    private ShopClient shop;

    @BeforeAll
    void open() {
        shop = ShopClient.at(port);
    }

    @AfterAll
    void leavesNothingPendingAndEverythingAddsUp() {
        Invariants.hold(shop, brokers);
        Invariants.holdIn(ShopDatabase.of(dataSource));
    }

    @Test
    void completesAsManyOrdersAsThereAreGrindersAndUndoesTheOthers() throws Exception {
        assertThat(shop.stock("GRINDER").path("available").asInt()).isEqualTo(10);
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
            List<Future<Answer>> answers = orders.stream()
                    .map(order -> customers.submit(() -> shop.post(order, WAIT)))
                    .toList();
            List<String> ends = new ArrayList<>();
            for (Future<Answer> answer : answers) {
                ends.add(answer.get().text("status"));
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
