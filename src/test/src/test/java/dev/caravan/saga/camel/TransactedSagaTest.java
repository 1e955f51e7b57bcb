package dev.caravan.saga.camel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.caravan.saga.SagaId;
import dev.caravan.saga.SagaStatus;
import dev.caravan.saga.state.InMemorySagaLog;
import dev.caravan.saga.state.SagaState;
import dev.caravan.saga.test.ManualTimers;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.camel.Exchange;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class TransactedSagaTest {

    private final InMemorySagaLog log = new InMemorySagaLog();
    private final TransactedRoutes routes = new TransactedRoutes();
    private final AtomicReference<SagaId> started = new AtomicReference<>();
    private Application application;

    @BeforeEach
    void starts() throws Exception {
        application = new Application("orders", log, new ManualTimers(), true, routes);
        log.follow(entry -> started.set(entry.sagaId()));
    }

    @AfterEach
    void stops() {
        application.close();
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
        return application.context.createProducerTemplate().request("direct:transacted", exchange -> exchange.getIn()
                .setHeader("fails", fails));
    }

    private void awaitEnd(SagaStatus status) {
        await().untilAsserted(() -> assertThat(
                        SagaState.replay(started.get(), log.read(started.get())).status())
                .isEqualTo(status));
    }
}
