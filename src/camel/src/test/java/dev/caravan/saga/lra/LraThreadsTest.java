package dev.caravan.saga.lra;

import static org.assertj.core.api.Assertions.assertThat;

import dev.caravan.saga.SagaStatus;
import dev.caravan.testing.HangLimit;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Whoever calls back for a saga that is not in memory holds up no other one: the log is read where that may block. */
class LraThreadsTest {

    private LraRing ring;

    @BeforeEach
    void start() throws Exception {
        ring = new LraRing();
    }

    @AfterEach
    void stop() {
        ring.close();
    }

    @Test
    void theLogIsNotReadByTheEngine() throws Exception {
        assertThat(ring.endOf(ring.start("direct:order-saga")).status()).isEqualTo(SagaStatus.COMPLETED);
        LraCallbacks callbacks = ring.service.callbacks();
        String id = "lra-1";

        for (var answer : List.of(
                callbacks.status(ring.coordinator.token(id, 0, "status")),
                callbacks.complete(ring.coordinator.token(id, 0, "complete")),
                callbacks.compensate(ring.coordinator.token(id, 0, "compensate")),
                callbacks.after(ring.coordinator.token(id, 0, "after"), "Closed"))) {
            assertThat(answer.get(HangLimit.SECONDS, TimeUnit.SECONDS)).isNotNull();
        }

        assertThat(ring.readers).contains("worker").doesNotContain("engine");
    }
}
