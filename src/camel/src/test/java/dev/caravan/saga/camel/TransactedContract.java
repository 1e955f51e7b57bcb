package dev.caravan.saga.camel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.caravan.saga.SagaId;
import dev.caravan.saga.SagaStatus;
import dev.caravan.saga.state.InMemorySagaLog;
import dev.caravan.saga.state.SagaState;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What holds for a saga in a transaction, whoever decides how it ends. A subclass has the rig. */
public abstract class TransactedContract {

    private final TransactedRoutes routes = new TransactedRoutes();
    private final AtomicReference<SagaId> started = new AtomicReference<>();

    /** Camel with these routes, its sagas in the {@link #log}. */
    protected abstract CamelContext start(TransactedRoutes routes) throws Exception;

    protected abstract InMemorySagaLog log();

    /** Lets time go by, if the end of a saga waits for that. */
    protected abstract void goOn();

    protected abstract void stop();

    private CamelContext context;

    @BeforeEach
    void starts() throws Exception {
        context = start(routes);
        log().follow(entry -> started.set(entry.sagaId()));
    }

    @AfterEach
    void stops() {
        stop();
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
        return context.createProducerTemplate()
                .request("direct:transacted", exchange -> exchange.getIn().setHeader("fails", fails));
    }

    private void awaitEnd(SagaStatus status) {
        await().untilAsserted(() -> {
            goOn();
            assertThat(SagaState.replay(started.get(), log().read(started.get()))
                            .status())
                    .isEqualTo(status);
        });
    }
}
