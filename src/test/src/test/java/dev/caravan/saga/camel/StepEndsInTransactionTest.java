package dev.caravan.saga.camel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.caravan.saga.SagaId;
import dev.caravan.saga.SagaStatus;
import dev.caravan.saga.state.InMemorySagaLog;
import dev.caravan.saga.state.SagaEvent;
import dev.caravan.saga.state.SagaLogEntry;
import dev.caravan.saga.state.SagaState;
import dev.caravan.saga.test.ManualTimers;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.model.SagaPropagation;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

/** A step within a transaction that is shorter than the saga. */
class StepEndsInTransactionTest {

    private final InMemorySagaLog log = new InMemorySagaLog();
    private final AtomicReference<SagaId> started = new AtomicReference<>();
    private final Map<String, List<String>> ended = new ConcurrentHashMap<>();
    private Application application;

    private final class Routes extends RouteBuilder {

        @Override
        public void configure() {
            getContext()
                    .getRegistry()
                    .bind(
                            "transactionManager",
                            new DataSourceTransactionManager(new DriverManagerDataSource("jdbc:h2:mem:ends")));
            from("direct:trip")
                    .routeId("trip")
                    .saga()
                    .to("direct:in-transaction")
                    .process(exchange -> ended.put("after", ends()));
            from("direct:in-transaction")
                    .routeId("in-transaction")
                    .transacted()
                    .to("direct:store")
                    .process(exchange -> ended.put("within", ends()))
                    .filter(header("fails"))
                    .throwException(new IllegalStateException("no"));
            from("direct:store")
                    .routeId("store")
                    .saga()
                    .propagation(SagaPropagation.MANDATORY)
                    .compensation("direct:remove")
                    .setHeader("stored", constant(true));
            from("direct:remove").routeId("remove").log("removed");
        }
    }

    @BeforeEach
    void starts() throws Exception {
        application = new Application("orders", log, new ManualTimers(), true, new Routes());
        log.follow(entry -> started.set(entry.sagaId()));
    }

    @AfterEach
    void stops() {
        application.close();
    }

    private List<String> ends() {
        return log.read(started.get()).stream()
                .map(SagaLogEntry::event)
                .filter(SagaEvent.StepEnd.class::isInstance)
                .map(event -> ((SagaEvent.StepEnd) event).step().name())
                .toList();
    }

    private void run(boolean fails, SagaStatus status) {
        application.context.createProducerTemplate().request("direct:trip", exchange -> exchange.getIn()
                .setHeader("fails", fails));
        await().untilAsserted(() -> assertThat(
                        SagaState.replay(started.get(), log.read(started.get())).status())
                .isEqualTo(status));
    }

    @Test
    void areWrittenAfterItsCommitAndBeforeTheRouteGoesOn() {
        run(false, SagaStatus.COMPLETED);

        assertThat(ended).isEqualTo(Map.of("within", List.of(), "after", List.of("STORE")));
    }

    @Test
    void areNotWrittenWhenItIsRolledBack() {
        run(true, SagaStatus.COMPENSATED);

        assertThat(ended).isEqualTo(Map.of("within", List.of()));
        assertThat(ends()).isEmpty();
    }
}
