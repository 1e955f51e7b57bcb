package dev.caravan.shop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.caravan.saga.SagaId;
import dev.caravan.saga.state.SagaLogEntry;
import dev.caravan.saga.state.SagaState;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/** What holds after any test, whatever happened in it. */
public final class Invariants {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Map<String, Long> STOCK_AT_FIRST =
            Map.of("COFFEE", 1_000_000L, "GRINDER", 10L, "OUT-OF-STOCK", 0L);
    private static final Set<String> ENDS = Set.of("COMPLETED", "COMPENSATED");

    private final ShopClient shop;

    private Invariants(ShopClient shop) {
        this.shop = shop;
    }

    /** Checks over HTTP and in the topic of the saga log. */
    public static void hold(ShopClient shop, String brokers) {
        Invariants invariants = new Invariants(shop);
        invariants.nothingIsPending();
        invariants.eachOrderIsDoneOrUndone();
        invariants.moneyAndStockAddUp();
        invariants.theLogTellsTheSame(brokers);
    }

    /** Checks the tables. */
    public static void holdIn(ShopDatabase database) {
        assertThat(database.unfinished()).as("rows that are not finished").isEmpty();
        assertThat(database.moneyTaken())
                .as("payments minus refunds")
                .isEqualByComparingTo(database.moneyOfConfirmedOrders())
                .as("charges of the gateway")
                .isEqualByComparingTo(database.moneyCharged());
        assertThat(database.itemsSold())
                .as("stock taken minus stock released")
                .isEqualTo(database.itemsOfConfirmedOrders())
                .isEqualTo(database.itemsTaken(STOCK_AT_FIRST))
                .isEqualTo(database.itemsShipped());
    }

    /** How many of the sums that have to be equal are not. */
    public static long totalsThatDoNotAddUp(ShopDatabase database) {
        BigDecimal sold = database.moneyOfConfirmedOrders();
        return Stream.of(
                        database.moneyTaken().compareTo(sold) == 0,
                        database.moneyCharged().compareTo(sold) == 0,
                        database.itemsSold().equals(database.itemsOfConfirmedOrders()),
                        database.itemsSold().equals(database.itemsTaken(STOCK_AT_FIRST)),
                        database.itemsSold().equals(database.itemsShipped()))
                .filter(equal -> !equal)
                .count();
    }

    private void nothingIsPending() {
        await().atMost(PATIENCE).untilAsserted(() -> {
            assertThat(sagas()).extracting(saga -> saga.path("status").asText()).allMatch(ENDS::contains);
            assertThat(shop.openLras()).as("LRAs that are not finished").isEmpty();
        });
    }

    private List<JsonNode> sagas() {
        List<JsonNode> sagas =
                ShopClient.stream(shop.sagas("?limit=1000").body()).toList();
        assertThat(sagas).as("sagas").isNotEmpty().hasSizeLessThan(1000);
        return sagas;
    }

    private void eachOrderIsDoneOrUndone() {
        for (JsonNode saga : sagas()) {
            String orderId = saga.path("key").asText();
            boolean done = saga.path("status").asText().equals("COMPLETED");
            assertThat(shop.order(orderId).text("status"))
                    .as("order %s of saga %s", orderId, saga)
                    .isEqualTo(done ? "CONFIRMED" : "CANCELLED");
            assertThat(statuses(shop.payments(orderId)))
                    .as("payments of %s", orderId)
                    .isSubsetOf(done ? List.of("COMPLETED") : List.of("DECLINED", "REFUNDED", "CANCELLED"))
                    .hasSizeBetween(done ? 1 : 0, 1);
            assertThat(statuses(shop.shipments(orderId)))
                    .as("shipments of %s", orderId)
                    .isSubsetOf(done ? List.of("PREPARED") : List.of("CANCELLED"))
                    .hasSizeBetween(done ? 1 : 0, 1);
        }
    }

    private static List<String> statuses(List<JsonNode> rows) {
        return rows.stream().map(row -> row.path("status").asText()).toList();
    }

    private void moneyAndStockAddUp() {
        BigDecimal ordered = BigDecimal.ZERO;
        BigDecimal paid = BigDecimal.ZERO;
        Map<String, Long> sold = new TreeMap<>();
        for (JsonNode saga : sagas()) {
            String orderId = saga.path("key").asText();
            JsonNode order = shop.order(orderId).body();
            if (order.path("status").asText().equals("CONFIRMED")) {
                ordered = ordered.add(ShopClient.decimal(order.path("total")));
                order.path("items")
                        .forEach(item -> sold.merge(
                                item.path("productId").asText(),
                                item.path("quantity").asLong(),
                                Long::sum));
            }
            for (JsonNode payment : shop.payments(orderId)) {
                if (payment.path("status").asText().equals("COMPLETED")) {
                    paid = paid.add(ShopClient.decimal(payment.path("amount")));
                }
            }
        }
        assertThat(paid).as("payments minus refunds").isEqualByComparingTo(ordered);
        STOCK_AT_FIRST.forEach((product, atFirst) -> {
            JsonNode stock = shop.stock(product);
            assertThat(stock.path("reserved").asLong())
                    .as("reserved %s", product)
                    .isZero();
            assertThat(stock.path("available").asLong())
                    .as("available %s", product)
                    .isEqualTo(atFirst - sold.getOrDefault(product, 0L));
        });
    }

    private void theLogTellsTheSame(String brokers) {
        Map<SagaId, List<SagaLogEntry>> log = SagaTopic.entries(brokers);
        List<JsonNode> sagas = sagas();
        assertThat(log).as("sagas in the log").hasSameSizeAs(sagas);
        for (JsonNode shown : sagas) {
            SagaId sagaId = new SagaId(shown.path("sagaId").asText());
            List<SagaLogEntry> entries = log.get(sagaId);
            List<SagaLogEntry> twice = new ArrayList<>();
            entries.forEach(entry -> twice.addAll(List.of(entry, entry)));
            assertThat(SagaState.replay(sagaId, entries).status())
                    .as("replay of %s", entries)
                    .hasToString(shown.path("status").asText())
                    .isEqualTo(SagaState.replay(sagaId, twice).status());
            assertThat(entries)
                    .extracting(SagaLogEntry::sequence)
                    .as("sequence of saga %s", sagaId)
                    .containsExactlyElementsOf(java.util.stream.LongStream.range(0, entries.size())
                            .boxed()
                            .toList());
        }
    }
}
