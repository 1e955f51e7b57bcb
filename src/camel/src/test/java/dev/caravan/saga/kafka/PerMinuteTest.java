package dev.caravan.saga.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import dev.caravan.saga.test.ManualTimers;
import java.time.Duration;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PerMinuteTest {

    private final ManualTimers timers = new ManualTimers();
    private final PerMinute few = new PerMinute(timers.clock(), 2);

    @Test
    void letsTheFirstOfEachMinuteThrough() {
        assertThat(IntStream.range(0, 5).filter(i -> few.passes())).hasSize(2);

        timers.advance(Duration.ofMinutes(1));

        assertThat(few.passes()).isTrue();
        assertThat(few.andMore()).isEqualTo(" (and 3 more, which are not named one by one)");
        assertThat(few.andMore()).isEmpty();
    }
}
