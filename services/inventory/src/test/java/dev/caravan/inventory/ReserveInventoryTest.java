package dev.caravan.inventory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class ReserveInventoryTest {

    @Test
    void asksForEachProductOnceInTheOrderOfProductIds() {
        ReserveInventory command =
                new ReserveInventory("a", List.of(new Item("TEA", 1), new Item("COFFEE", 2), new Item("TEA", 3)));

        assertThat(command.itemsInLockOrder()).containsExactly(new Item("COFFEE", 2), new Item("TEA", 4));
    }

    @Test
    void refusesAnOrderWithoutItemsOrWithANegativeQuantity() {
        assertThatThrownBy(() -> new ReserveInventory("a", List.of())).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Item("TEA", -1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("The quantity of TEA must be positive, not -1");
    }

    @Test
    void endsAReservationOnceAndOneWay() {
        assertThat(ReservationStatus.RESERVED.mayBecome(ReservationStatus.RELEASED, "a"))
                .isTrue();
        assertThat(ReservationStatus.RELEASED.mayBecome(ReservationStatus.RELEASED, "a"))
                .isFalse();
        assertThatThrownBy(() -> ReservationStatus.RELEASED.mayBecome(ReservationStatus.RESERVED, "a"))
                .isInstanceOf(IllegalStateException.class);
    }
}
