package dev.caravan.inventory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.jdbc.core.simple.JdbcClient;

/** What holds on every database. */
@SpringBootTest(classes = InventoryTestApplication.class)
abstract class InventoryContract {

    private static final String HOLDER = "saga-1";

    @Autowired
    Inventory inventory;

    @Autowired
    StockRepository stock;

    @Autowired
    JdbcClient jdbc;

    @Autowired
    ObjectMapper json;

    @BeforeEach
    void restoreTheSeed() {
        jdbc.sql("delete from inventory.reservations").update();
        jdbc.sql("update inventory.stock set reserved = 0").update();
        jdbc.sql("update inventory.stock set available = 1000000 where product_id = 'COFFEE'")
                .update();
        jdbc.sql("update inventory.stock set available = 10 where product_id = 'GRINDER'")
                .update();
    }

    @Test
    void reservesEveryItemOfAnOrder() {
        Reservation reservation = inventory.reserve(order("a", new Item("GRINDER", 2), new Item("COFFEE", 5)), HOLDER);

        assertThat(reservation.status()).isEqualTo(ReservationStatus.RESERVED);
        assertThat(reservation.items())
                .extracting(Item::productId, Item::quantity)
                .containsExactly(tuple("COFFEE", 5L), tuple("GRINDER", 2L));
        assertThat(stockOf("COFFEE")).isEqualTo(new Stock("COFFEE", 999_995, 5));
        assertThat(stockOf("GRINDER")).isEqualTo(new Stock("GRINDER", 8, 2));
    }

    @Test
    void reservesNothingWhenOneItemIsOutOfStock() {
        ReserveInventory command = order("a", new Item("COFFEE", 5), new Item("GRINDER", 11));

        assertThatThrownBy(() -> inventory.reserve(command, HOLDER))
                .isInstanceOf(OutOfStockException.class)
                .hasMessage("Of GRINDER, 11 are wanted and 10 are available");
        assertThat(stockOf("COFFEE")).isEqualTo(new Stock("COFFEE", 1_000_000, 0));
        assertThat(stockOf("GRINDER")).isEqualTo(new Stock("GRINDER", 10, 0));
    }

    @Test
    void rejectsAnUnknownProduct() {
        assertThatThrownBy(() -> inventory.reserve(order("a", new Item("TEAPOT", 1)), HOLDER))
                .isInstanceOf(UnknownProductException.class)
                .hasMessageContaining("TEAPOT");
    }

    @Test
    void reservesOnceHoweverOftenItIsAsked() {
        Reservation first = inventory.reserve(order("a", new Item("GRINDER", 2)), HOLDER);
        Reservation second = inventory.reserve(order("a", new Item("GRINDER", 2)), HOLDER);

        assertThat(second).isEqualTo(first);
        assertThat(stockOf("GRINDER")).isEqualTo(new Stock("GRINDER", 8, 2));
    }

    @Test
    void givesBackWhatWasReservedOnce() {
        inventory.reserve(order("a", new Item("GRINDER", 2)), HOLDER);

        assertThat(inventory.release(new ReleaseInventory("a"), HOLDER).status())
                .isEqualTo(ReservationStatus.RELEASED);
        assertThat(inventory.release(new ReleaseInventory("a"), HOLDER).items())
                .containsExactly(new Item("GRINDER", 2));
        assertThat(stockOf("GRINDER")).isEqualTo(new Stock("GRINDER", 10, 0));
    }

    @Test
    void releasesNothingForAnOrderThatReservedNothing() {
        assertThat(inventory.release(new ReleaseInventory("unheard-of"), HOLDER))
                .isEqualTo(new Reservation("unheard-of", List.of(), ReservationStatus.RELEASED));
    }

    @Test
    void takesConfirmedItemsOutOnce() {
        inventory.reserve(order("a", new Item("GRINDER", 2)), HOLDER);

        assertThat(inventory.confirm(new ConfirmInventory("a"), HOLDER).status())
                .isEqualTo(ReservationStatus.CONFIRMED);
        inventory.confirm(new ConfirmInventory("a"), HOLDER);
        assertThat(stockOf("GRINDER")).isEqualTo(new Stock("GRINDER", 8, 0));
    }

    @Test
    void refusesToReleaseWhatIsSoldAndToSellWhatIsReleased() {
        inventory.reserve(order("sold", new Item("GRINDER", 2)), HOLDER);
        inventory.confirm(new ConfirmInventory("sold"), HOLDER);
        inventory.reserve(order("released", new Item("GRINDER", 2)), HOLDER);
        inventory.release(new ReleaseInventory("released"), HOLDER);

        assertThatThrownBy(() -> inventory.release(new ReleaseInventory("sold"), HOLDER))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("order sold is CONFIRMED and cannot become RELEASED");
        assertThatThrownBy(() -> inventory.confirm(new ConfirmInventory("released"), HOLDER))
                .isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> inventory.confirm(new ConfirmInventory("unheard-of"), HOLDER))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("Nothing is reserved");
        assertThat(stockOf("GRINDER")).isEqualTo(new Stock("GRINDER", 8, 0));
    }

    @Test
    void letsTenOfTwentyOrdersWinTheTenGrinders() throws Exception {
        List<Callable<Boolean>> orders = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            ReserveInventory command = order("order-" + i, new Item("GRINDER", 1), new Item("COFFEE", 1));
            orders.add(() -> isReserved(command));
        }
        ExecutorService threads = Executors.newFixedThreadPool(8);
        int winners = 0;
        try {
            for (Future<Boolean> won : threads.invokeAll(orders)) {
                winners += won.get() ? 1 : 0;
            }
        } finally {
            threads.shutdownNow();
        }

        assertThat(winners).isEqualTo(10);
        assertThat(stockOf("GRINDER")).isEqualTo(new Stock("GRINDER", 0, 10));
        assertThat(stockOf("COFFEE")).isEqualTo(new Stock("COFFEE", 999_990, 10));
    }

    @Test
    void showsWhatIsReservedAndLetsNobodyElseTakeReleaseOrSellIt() {
        inventory.reserve(order("a", new Item("GRINDER", 8)), HOLDER);

        assertThat(stockOf("GRINDER")).isEqualTo(new Stock("GRINDER", 2, 8));
        assertThatThrownBy(() -> inventory.reserve(order("b", new Item("GRINDER", 3)), "saga-2"))
                .isInstanceOf(OutOfStockException.class);
        assertThatThrownBy(() -> inventory.reserve(order("a", new Item("GRINDER", 8)), "saga-2"))
                .isInstanceOf(ReservedByAnotherException.class);
        assertThat(inventory.release(new ReleaseInventory("a"), "saga-2").items())
                .isEmpty();
        assertThatThrownBy(() -> inventory.confirm(new ConfirmInventory("a"), "saga-2"))
                .isInstanceOf(IllegalStateException.class);
        assertThat(stockOf("GRINDER")).isEqualTo(new Stock("GRINDER", 2, 8));

        inventory.release(new ReleaseInventory("a"), HOLDER);
        assertThat(inventory
                        .reserve(order("b", new Item("GRINDER", 3)), "saga-2")
                        .status())
                .isEqualTo(ReservationStatus.RESERVED);
    }

    @Test
    void understandsACommandWithMoreThanItNeeds() {
        ReserveInventory command = json.convertValue(
                Map.of(
                        "orderId",
                        "a",
                        "userId",
                        "ann",
                        "items",
                        List.of(Map.of("productId", "COFFEE", "quantity", 3, "unitPrice", 12.50))),
                ReserveInventory.class);

        assertThat(json.valueToTree(inventory.reserve(command, HOLDER)).toString())
                .isEqualTo(
                        "{\"orderId\":\"a\",\"items\":[{\"productId\":\"COFFEE\",\"quantity\":3}],\"status\":\"RESERVED\"}");
    }

    private boolean isReserved(ReserveInventory command) {
        try {
            inventory.reserve(command, HOLDER);
            return true;
        } catch (OutOfStockException e) {
            return false;
        }
    }

    private Stock stockOf(String productId) {
        return stock.find(productId).orElseThrow();
    }

    private static ReserveInventory order(String orderId, Item... items) {
        return new ReserveInventory(orderId, List.of(items));
    }
}
