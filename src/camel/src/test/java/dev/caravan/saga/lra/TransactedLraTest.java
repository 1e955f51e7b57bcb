package dev.caravan.saga.lra;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.caravan.saga.SagaId;
import dev.caravan.saga.SagaStatus;
import dev.caravan.saga.camel.TransactedRoutes;
import dev.caravan.saga.state.SagaState;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.camel.Exchange;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class TransactedLraTest {

    private final TransactedRoutes routes = new TransactedRoutes();
    private final AtomicReference<SagaId> started = new AtomicReference<>();
    private LraRing ring;

    @BeforeEach
    void starts() throws Exception {
        ring = new LraRing(routes);
        ring.log.follow(entry -> started.set(entry.sagaId()));
    }

    @AfterEach
    void stops() {
        ring.close();
    }

    @Test
    void keepsItsThreadAndItsTransaction() {
        Exchange done = send(false);

        assertThat(done.getException()).isNull();
        assertThat(routes.threads()).hasSize(3).containsOnly(Thread.currentThread());
        assertThat(routes.orders()).isEqualTo(1);
        awaitEnd(SagaStatus.COMPLETED);
    }

    @Test
    void rollsBackAndIsUndoneAfterItsTransaction() {
        Exchange done = send(true);

        assertThat(done.getException()).hasRootCauseMessage("no");
        awaitEnd(SagaStatus.COMPENSATED);
        assertThat(routes.orders()).isZero();
        assertThat(routes.undone()).containsExactly(true);
    }

    private Exchange send(boolean fails) {
        return ring.context.createProducerTemplate().request("direct:transacted", exchange -> exchange.getIn()
                .setHeader("fails", fails));
    }

    private void awaitEnd(SagaStatus status) {
        await().untilAsserted(() -> {
            ring.timers.advance(LraRing.RETRY);
            assertThat(SagaState.replay(started.get(), ring.log.read(started.get()))
                            .status())
                    .isEqualTo(status);
        });
    }
}
