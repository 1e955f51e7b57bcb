package dev.caravan.saga.camel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.caravan.saga.SagaId;
import dev.caravan.saga.SagaStatus;
import dev.caravan.saga.engine.RouteThreads;
import dev.caravan.saga.engine.SagaHost;
import dev.caravan.saga.engine.SagaRecovery;
import dev.caravan.saga.lra.CoordinatorTransport;
import dev.caravan.saga.lra.FakeLraCoordinator;
import dev.caravan.saga.lra.LraSagaService;
import dev.caravan.saga.lra.LraSettings;
import dev.caravan.saga.state.InMemorySagaLog;
import dev.caravan.saga.state.SagaLog;
import dev.caravan.saga.state.SagaLogEntry;
import dev.caravan.saga.state.SagaState;
import dev.caravan.saga.test.ManualTimers;
import dev.caravan.saga.time.Backoff;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangePattern;
import org.apache.camel.Processor;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.model.SagaDefinition;
import org.apache.camel.model.SagaPropagation;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.jdbc.datasource.DriverManagerDataSource;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * A saga with steps in SQL, in one transaction around it, in one of each step's own, or done by the consumer of a queue that
 * the step waits for; on threads as they are. Wherever its process dies, each row is there once, or none is left.
 */
@ExtendWith(WithoutLogs.class)
class LiveDeathsTest {

    private static final Duration RETRY = Duration.ofSeconds(3);
    private static final Duration POLL = Duration.ofMillis(5);

    private final InMemorySagaLog log = new InMemorySagaLog();
    private final ManualTimers timers = new ManualTimers();
    private final DriverManagerDataSource database =
            new DriverManagerDataSource("jdbc:h2:mem:" + System.identityHashCode(this) + ";DB_CLOSE_DELAY=-1");
    private final JdbcTemplate sql = new JdbcTemplate(database);
    /** {@code null} in mode {@code log}. */
    private FakeLraCoordinator coordinator;

    private enum Mode {
        LOG,
        LRA
    }

    private enum Shape {
        TRANSACTION_AROUND,
        TRANSACTION_IN_EACH_STEP,
        SEDA
    }

    /** A process, which dies at one of its acts: an append, a request to the coordinator, a statement, or a commit. */
    private static final class Process {

        private final int last;
        private final boolean after;
        private final CompletableFuture<Void> death = new CompletableFuture<>();
        private int acts;

        Process(int last, boolean after) {
            this.last = last;
            this.after = after;
        }

        boolean isDead() {
            return death.isDone();
        }

        synchronized int acts() {
            return acts;
        }

        synchronized void begins() {
            if (acts == last && !after) {
                death.complete(null);
            }
            lives();
        }

        synchronized void ends() {
            if (acts++ == last) {
                death.complete(null);
            }
            lives();
        }

        private void lives() {
            if (isDead()) {
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
        private final Shape shape;
        private final boolean fails;

        /** @param fails whether the saga's route fails behind its steps */
        Routes(Process process, Shape shape, boolean fails) {
            this.process = process;
            this.shape = shape;
            this.fails = fails;
        }

        @Override
        public void configure() {
            getContext().getRegistry().bind("transactionManager", new DataSourceTransactionManager(database));
            RouteDefinition trip = from("direct:trip").routeId("trip");
            (shape == Shape.TRANSACTION_AROUND ? trip.transacted().saga() : trip.saga())
                    .to("direct:hotel")
                    .to("direct:flight")
                    .filter(constant(fails))
                    .throwException(new IllegalStateException("no"));
            step("hotel");
            step("flight");
        }

        private void step(String name) {
            SagaDefinition step = from("direct:" + name)
                    .routeId(name)
                    .saga()
                    .propagation(SagaPropagation.MANDATORY)
                    .compensation("direct:undo-" + name);
            Processor work = exchange -> update("insert into bookings values (?, ?)", exchange, name);
            switch (shape) {
                case TRANSACTION_AROUND -> step.process(work);
                case TRANSACTION_IN_EACH_STEP -> step.transacted().process(work);
                case SEDA -> {
                    step.to(ExchangePattern.InOut, "seda:" + name);
                    from("seda:" + name + "?pollTimeout=10")
                            .routeId("work-" + name)
                            .process(work);
                }
            }
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
    @CsvSource({
        "LOG, TRANSACTION_AROUND, false",
        "LOG, TRANSACTION_AROUND, true",
        "LOG, TRANSACTION_IN_EACH_STEP, false",
        "LOG, TRANSACTION_IN_EACH_STEP, true",
        "LOG, SEDA, false",
        "LOG, SEDA, true",
        "LRA, TRANSACTION_AROUND, false",
        "LRA, TRANSACTION_AROUND, true",
        "LRA, TRANSACTION_IN_EACH_STEP, false",
        "LRA, TRANSACTION_IN_EACH_STEP, true",
        "LRA, SEDA, false",
        "LRA, SEDA, true"
    })
    void hasEachRowOnceOrNone(Mode mode, Shape shape, boolean fails) throws Exception {
        try (FakeLraCoordinator lra = new FakeLraCoordinator()) {
            coordinator = mode == Mode.LRA ? lra : null;
            diesEverywhere(shape, fails);
        }
    }

    private void diesEverywhere(Shape shape, boolean fails) throws Exception {
        sql.execute("create table bookings (saga varchar(200), step varchar(20))");
        int acts = dies(new Process(-1, false), shape, fails);
        assertThat(acts).isGreaterThan(5);
        List<SagaStatus> ends = new ArrayList<>();
        for (int act = 0; act < acts; act++) {
            for (boolean after : List.of(false, true)) {
                int before = sagas().size();
                dies(new Process(act, after), shape, fails);
                ends.addAll(sagas().subList(before, sagas().size()).stream()
                        .map(SagaState::status)
                        .toList());
            }
        }
        if (fails) {
            assertThat(ends).containsOnly(SagaStatus.COMPENSATED);
        } else {
            assertThat(ends).contains(SagaStatus.COMPENSATED, SagaStatus.COMPLETED);
        }
    }

    /** A route in a transaction holds its thread. */
    private Application application(SagaLog its, Process process, Shape shape, boolean fails) throws Exception {
        RouteThreads threads = RouteThreads.of(Executors.newCachedThreadPool());
        Routes routes = new Routes(process, shape, fails);
        return coordinator == null
                ? new Application("trips", its, timers, true, threads, routes)
                : new Application(
                        "trips", its, timers, true, threads, (context, host) -> ofLra(context, host, process), routes);
    }

    private SagaRecovery ofLra(CamelContext context, SagaHost host, Process process) {
        LraSettings settings = new LraSettings(
                coordinator::url,
                asked(process, CoordinatorTransport.http(Application.PATIENCE, host.executor())),
                null,
                () -> URI.create("http://trips.example/lra-participant"),
                "trips",
                Application.PATIENCE,
                Duration.ofSeconds(1),
                "a secret of this test".getBytes(StandardCharsets.UTF_8),
                new Backoff(RETRY, RETRY, 0));
        LraSagaService service = new LraSagaService(context, host, settings, Application.BACKOFF);
        coordinator.callBack(service.callbacks(), process.death);
        return service;
    }

    /** What a dead process asked is not answered. */
    private static CoordinatorTransport asked(Process process, CoordinatorTransport coordinator) {
        return request -> {
            process.begins();
            return coordinator.send(request).thenApply(answer -> {
                process.ends();
                return answer;
            });
        };
    }

    /** Has a saga begin in a process that may die, and end in the next. */
    private int dies(Process process, Shape shape, boolean fails) throws Exception {
        ExecutorService callers = Executors.newSingleThreadExecutor();
        try (Application first = application(logOf(process), process, shape, fails)) {
            Future<?> call =
                    callers.submit(() -> first.context.createProducerTemplate().request("direct:trip", exchange -> {}));
            await().pollInterval(POLL).until(() -> process.isDead() || call.isDone() && goneOn());
        } finally {
            callers.shutdownNow();
        }
        Process next = new Process(-1, false);
        try (Application second = application(log, next, shape, fails)) {
            await().pollInterval(POLL).until(() -> second.context.isStarted() && goneOn());
        }
        for (SagaState saga : sagas()) {
            assertThat(rows(saga.sagaId()))
                    .as(
                            "%s, died %s %d: %s",
                            saga, process.after ? "after" : "before", process.last, log.read(saga.sagaId()))
                    .isEqualTo(saga.status() == SagaStatus.COMPLETED ? List.of("flight", "hotel") : List.of());
            if (coordinator != null) {
                assertThat(coordinator.status(saga.sagaId().value()))
                        .isEqualTo(saga.status() == SagaStatus.COMPLETED ? "Closed" : "Cancelled");
            }
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

    /** Whether all have ended; the end of a saga may wait until the coordinator is asked again. */
    private boolean goneOn() {
        boolean ended = sagas().stream().allMatch(saga -> saga.status().isTerminal());
        if (coordinator != null && !ended) {
            timers.advance(RETRY);
        }
        return ended;
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
