package dev.caravan.saga.time;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BackoffTest {

    private final Backoff backoff = new Backoff(Duration.ofSeconds(1), Duration.ofSeconds(10), 5);

    @ParameterizedTest
    @CsvSource({"1,1", "2,2", "3,4", "4,8", "5,10", "6,10", "2147483647,10"})
    void doublesTheDelayUpToItsLimit(int attemptsMade, long seconds) {
        assertThat(backoff.delayAfter(attemptsMade)).isEqualTo(Duration.ofSeconds(seconds));
    }

    @Test
    void isUsedUpAfterTheLastAttempt() {
        assertThat(backoff.isUsedUp(4)).isFalse();
        assertThat(backoff.isUsedUp(5)).isTrue();
        assertThat(backoff.isUsedUp(6)).isTrue();
    }

    @Test
    void isNeverUsedUpWithoutALimit() {
        assertThat(new Backoff(Duration.ZERO, Duration.ZERO, 0).isUsedUp(Integer.MAX_VALUE))
                .isFalse();
    }

    @Test
    void doesNotWaitWithoutADelay() {
        assertThat(new Backoff(Duration.ZERO, Duration.ofSeconds(1), 1).delayAfter(20))
                .isEqualTo(Duration.ZERO);
    }

    @ParameterizedTest
    @CsvSource({"PT-1S,PT1S,1", "PT2S,PT1S,1", "PT1S,PT2S,-1"})
    void refusesWhatIsNoBackoff(Duration initial, Duration maximum, int attempts) {
        assertThatThrownBy(() -> new Backoff(initial, maximum, attempts))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("A backoff needs 0 <= initial <= maximum and attempts >= 0");
    }
}
