package dev.caravan.saga.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SmallListsTest {

    @Test
    void keepsTheOrder() {
        List<Integer> all = List.of();
        for (int i = 1; i <= 5; i++) {
            all = SmallLists.plus(all, i);
        }

        assertThat(all).containsExactly(1, 2, 3, 4, 5);
    }

    @Test
    void goesOnWithoutOne() {
        List<Integer> all = IntStream.rangeClosed(1, 3).boxed().toList();

        assertThat(SmallLists.minus(all, Integer.valueOf(2))).containsExactly(1, 3);
        assertThat(SmallLists.minus(List.of(1), Integer.valueOf(1))).isSameAs(List.of());
    }

    @Test
    void staysTheSameWithoutOneThatIsNotThere() {
        assertThat(SmallLists.minus(List.of(), 7)).isEmpty();
        assertThat(SmallLists.minus(List.of(1), Integer.valueOf(7))).containsExactly(1);
        assertThat(SmallLists.minus(List.of(1, 2), Integer.valueOf(7))).containsExactly(1, 2);
    }
}
