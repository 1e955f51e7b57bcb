package dev.caravan.benchmark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class ClosedLoopTest {

    private static final Duration LONG = Duration.ofMinutes(1);

    @Test
    void rejectsItsShareSpreadEvenly() throws Exception {
        ClosedLoop.Sagas ready = (id, rejected) -> CompletableFuture.completedFuture(!rejected);

        ClosedLoop.Outcome outcome = new ClosedLoop(ready, new Load(4, 10)).run(95, LONG);

        assertThat(outcome.sagas()).isEqualTo(95);
        assertThat(outcome.rejected()).isEqualTo(9);
        assertThat(outcome.latencies()).hasSize(95).isSorted();
    }

    @Test
    void keepsNoMoreInFlightThanItIsTold() throws Exception {
        Slow slow = new Slow();

        ClosedLoop.Outcome outcome = new ClosedLoop(slow, new Load(3, 0)).run(3000, LONG);

        assertThat(outcome.sagas()).isEqualTo(3000);
        assertThat(slow.most.get()).isBetween(1, 3);
    }

    @Test
    void failsWhenASagaEndsOtherwise() {
        ClosedLoop.Sagas completesAll = (id, rejected) -> CompletableFuture.completedFuture(true);

        assertThatThrownBy(() -> new ClosedLoop(completesAll, new Load(1, 50)).run(10, LONG))
                .hasMessage("A saga went wrong")
                .hasRootCauseMessage("A saga that is rejected: true ended otherwise");
    }

    /** Each ends on another thread; counts how many there are at the same time. */
    private static final class Slow implements ClosedLoop.Sagas {

        private final AtomicInteger now = new AtomicInteger();
        private final AtomicInteger most = new AtomicInteger();

        @Override
        public CompletableFuture<Boolean> run(String id, boolean rejected) {
            most.accumulateAndGet(now.incrementAndGet(), Math::max);
            return CompletableFuture.supplyAsync(() -> now.decrementAndGet() >= 0);
        }
    }
}
