package dev.caravan.saga.camel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.caravan.saga.SagaId;
import dev.caravan.saga.SagaStatus;
import dev.caravan.saga.engine.RouteThreads;
import dev.caravan.saga.state.InMemorySagaLog;
import dev.caravan.saga.state.SagaLog;
import dev.caravan.saga.state.SagaLogEntry;
import dev.caravan.saga.state.SagaState;
import dev.caravan.saga.test.ManualTimers;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import org.apache.camel.Exchange;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.model.SagaDefinition;
import org.apache.camel.model.SagaPropagation;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.jdbc.datasource.DriverManagerDataSource;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * A saga with steps in SQL, in one transaction around it or in one of each step's own: wherever its process dies, each row is
 * there once, or none is left.
 */
@ExtendWith(WithoutLogs.class)
class TransactedDeathsTest {

    private final InMemorySagaLog log = new InMemorySagaLog();
    private final ManualTimers timers = new ManualTimers();
    private final DriverManagerDataSource database =
            new DriverManagerDataSource("jdbc:h2:mem:" + System.identityHashCode(this) + ";DB_CLOSE_DELAY=-1");
    private final JdbcTemplate sql = new JdbcTemplate(database);

    /** A process, which dies at one of its acts: an append, a statement, or a commit. */
    private static final class Process {

        private final int last;
        private final boolean after;
        private int acts;
        private boolean dead;

        Process(int last, boolean after) {
            this.last = last;
            this.after = after;
        }

        synchronized boolean isDead() {
            return dead;
        }

        synchronized int acts() {
            return acts;
        }

        synchronized void begins() {
            dead |= acts == last && !after;
            lives();
        }

        synchronized void ends() {
            dead |= acts++ == last;
            lives();
        }

        private void lives() {
            if (dead) {
                throw new IllegalStateException("This process is dead");
            }
        }
    }

    private SagaLog logOf(Process process) {
        return (SagaLog) Proxy.newProxyInstance(
                SagaLog.class.getClassLoader(), new Class<?>[] {SagaLog.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("follow")) {
                        @SuppressWarnings("unchecked")
                        Consumer<SagaLogEntry> reader = (Consumer<SagaLogEntry>) arguments[0];
                        return log.follow(entry -> {
                            if (!process.isDead()) {
                                reader.accept(entry);
                            }
                        });
                    }
                    boolean acts = method.getName().equals("append");
                    if (acts) {
                        process.begins();
                    }
                    try {
                        Object result = method.invoke(log, arguments);
                        if (acts) {
                            process.ends();
                        }
                        return result;
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    private final class Routes extends RouteBuilder {

        private final Process process;
        private final boolean around;

        /** @param around whether there is one transaction around the saga, or one in each step */
        Routes(Process process, boolean around) {
            this.process = process;
            this.around = around;
        }

        @Override
        public void configure() {
            getContext().getRegistry().bind("transactionManager", new DataSourceTransactionManager(database));
            RouteDefinition trip = from("direct:trip").routeId("trip");
            (around ? trip.transacted().saga() : trip.saga()).to("direct:hotel").to("direct:flight");
            step("hotel");
            step("flight");
        }

        private void step(String name) {
            SagaDefinition step = from("direct:" + name)
                    .routeId(name)
                    .saga()
                    .propagation(SagaPropagation.MANDATORY)
                    .compensation("direct:undo-" + name);
            (around ? step : step.transacted())
                    .process(exchange -> update("insert into bookings values (?, ?)", exchange, name));
            from("direct:undo-" + name)
                    .routeId("undo-" + name)
                    .process(exchange -> update("delete from bookings where saga = ? and step = ?", exchange, name));
        }

        private void update(String statement, Exchange exchange, String step) {
            if (TransactionSynchronizationManager.isActualTransactionActive()) {
                TransactionSynchronizationManager.registerSynchronization(new TransactionSynchronization() {
                    @Override
                    public void beforeCommit(boolean readOnly) {
                        process.begins();
                    }

                    @Override
                    public void afterCommit() {
                        process.ends();
                    }
                });
                sql.update(statement, saga(exchange), step);
            } else {
                process.begins();
                sql.update(statement, saga(exchange), step);
                process.ends();
            }
        }

        private String saga(Exchange exchange) {
            return exchange.getMessage().getHeader(Exchange.SAGA_LONG_RUNNING_ACTION, String.class);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void hasEachRowOnceOrNone(boolean around) throws Exception {
        sql.execute("create table bookings (saga varchar(200), step varchar(20))");
        int acts = dies(new Process(-1, false), around);
        assertThat(acts).isGreaterThan(5);
        List<SagaStatus> ends = new ArrayList<>();
        for (int act = 0; act < acts; act++) {
            for (boolean after : List.of(false, true)) {
                int before = sagas().size();
                dies(new Process(act, after), around);
                ends.addAll(sagas().subList(before, sagas().size()).stream()
                        .map(SagaState::status)
                        .toList());
            }
        }
        assertThat(ends).contains(SagaStatus.COMPENSATED, SagaStatus.COMPLETED);
    }

    /** A route in a transaction holds its thread. */
    private Application application(SagaLog its, Routes routes) throws Exception {
        return new Application("trips", its, timers, true, RouteThreads.of(Executors.newCachedThreadPool()), routes);
    }

    /** Has a saga begin in a process that may die, and end in the next. */
    private int dies(Process process, boolean around) throws Exception {
        ExecutorService callers = Executors.newSingleThreadExecutor();
        try (Application first = application(logOf(process), new Routes(process, around))) {
            Future<?> call =
                    callers.submit(() -> first.context.createProducerTemplate().request("direct:trip", exchange -> {}));
            await().until(() -> process.isDead() || call.isDone() && haveEnded());
        } finally {
            callers.shutdownNow();
        }
        Process next = new Process(-1, false);
        try (Application second = application(log, new Routes(next, around))) {
            await().until(() -> second.context.isStarted() && haveEnded());
        }
        for (SagaState saga : sagas()) {
            assertThat(rows(saga.sagaId()))
                    .as(
                            "%s, died %s %d: %s",
                            saga, process.after ? "after" : "before", process.last, log.read(saga.sagaId()))
                    .isEqualTo(saga.status() == SagaStatus.COMPLETED ? List.of("flight", "hotel") : List.of());
        }
        assertThat(sql.queryForList("select distinct saga from bookings", String.class))
                .allMatch(row -> sagas().stream()
                        .anyMatch(saga -> row.endsWith(saga.sagaId().value())));
        return process.acts();
    }

    private List<String> rows(SagaId saga) {
        return sql.queryForList(
                "select step from bookings where saga like ? order by step", String.class, "%" + saga.value());
    }

    private boolean haveEnded() {
        return sagas().stream().allMatch(saga -> saga.status().isTerminal());
    }

    private List<SagaState> sagas() {
        List<SagaId> ids = new ArrayList<>();
        log.replay(0, entry -> {
            if (!ids.contains(entry.sagaId())) {
                ids.add(entry.sagaId());
            }
        });
        return ids.stream().map(id -> SagaState.replay(id, log.read(id))).toList();
    }
}
