package dev.caravan.saga.monitoring;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;

class PositionsTest {

    @Test
    void hasThePositionsThatItWasToldOneAfterTheOther() {
        Random random = new Random(7);
        for (int length = 0; length < 50; length++) {
            long[] told = random.longs(length, 0, Long.MAX_VALUE >> random.nextInt(60))
                    .sorted()
                    .toArray();
            Positions positions = Positions.NONE;
            for (long position : told) {
                positions = positions.plus(position);
            }

            assertThat(positions.all()).containsExactly(told);
        }
    }

    @Test
    void isNotChangedByOneMore() {
        Positions one = Positions.NONE.plus(127);
        one.plus(128);

        assertThat(one.all()).containsExactly(127);
        assertThat(one.plus(Long.MAX_VALUE).all()).containsExactly(127, Long.MAX_VALUE);
    }
}
