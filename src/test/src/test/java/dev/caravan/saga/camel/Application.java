package dev.caravan.saga.camel;

import dev.caravan.saga.engine.OwnedPartitions;
import dev.caravan.saga.engine.RouteThreads;
import dev.caravan.saga.engine.SagaEngine;
import dev.caravan.saga.engine.SagaHost;
import dev.caravan.saga.engine.SagaOperator;
import dev.caravan.saga.engine.SagaRecovery;
import dev.caravan.saga.engine.SagaThreads;
import dev.caravan.saga.state.SagaLog;
import dev.caravan.saga.test.ImmediateShutdown;
import dev.caravan.saga.test.ManualTimers;
import dev.caravan.saga.test.TestEngine;
import dev.caravan.saga.time.Backoff;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiFunction;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.RoutesBuilder;
import org.apache.camel.impl.DefaultCamelContext;

/** One instance of an application, of several on one log with a single partition. */
final class Application implements AutoCloseable {

    static final Duration PATIENCE = Duration.ofSeconds(10);
    static final Backoff BACKOFF = new Backoff(Duration.ofSeconds(1), Duration.ofSeconds(1), 2);

    final SagaHost host;
    final DefaultCamelContext context = new DefaultCamelContext();
    final OwnedPartitions owned;
    final SagaOperator operator;
    private final ExecutorService threads = Executors.newFixedThreadPool(4);
    private final ExecutorService reader = Executors.newSingleThreadExecutor();
    private final SagaLog.Following following;
    private final RouteThreads routeThreads;

    /**
     * One whose routes do not block.
     *
     * @param owner false: another instance of the application owns the partition
     */
    Application(String name, SagaLog log, ManualTimers timers, boolean owner, RoutesBuilder routes) throws Exception {
        this(name, log, timers, owner, RouteThreads.none(), routes);
    }

    /** @param on where routes, compensations and completions run; are closed with it */
    Application(String name, SagaLog log, ManualTimers timers, boolean owner, RouteThreads on, RoutesBuilder routes)
            throws Exception {
        this(name, log, timers, owner, on, Application::ofLog, routes);
    }

    /** @param mode the service of which it is */
    Application(
            String name,
            SagaLog log,
            ManualTimers timers,
            boolean owner,
            RouteThreads on,
            BiFunction<CamelContext, SagaHost, SagaRecovery> mode,
            RoutesBuilder routes)
            throws Exception {
        routeThreads = on;
        SagaEngine engine = TestEngine.on(log, timers)
                .application(name)
                .instance(name)
                .threads(new SagaThreads(threads, threads, on, on))
                .partitions(OwnedPartitions.Ends.UNTOLD)
                .recovery(made -> mode.apply(context, made))
                .build();
        host = engine.host();
        owned = engine.partitions();
        operator = engine.operator();
        context.setShutdownStrategy(new ImmediateShutdown(context)); // it may have died over a route
        context.addService(engine.recovery(SagaRecovery.class));
        context.addRoutes(routes);
        context.start();
        AtomicLong offset = new AtomicLong();
        if (owner) {
            AtomicLong end = new AtomicLong();
            log.replay(0, entry -> end.incrementAndGet());
            owned.gained(0, 0, end.get());
        }
        following = log.follow(entry -> reader.execute(() -> owned.read(0, offset.getAndIncrement(), entry)));
    }

    private static SagaRecovery ofLog(CamelContext context, SagaHost host) {
        return new LogSagaService(context, host, new StepCallbacks(context, host, BACKOFF), PATIENCE, PATIENCE, 0);
    }

    /** Has a route work on a message that belongs to a saga, as an event does. */
    Exchange event(String route, String sagaId, Object body) {
        return context.createProducerTemplate().send(route, exchange -> {
            exchange.getIn().setBody(body);
            exchange.getIn().setHeaders(Map.of(Exchange.SAGA_LONG_RUNNING_ACTION, sagaId));
        });
    }

    /** Has a route work on a message that belongs to a saga, whose sender waits for the answer. */
    Exchange call(String route, String sagaId, Object body) {
        return context.createProducerTemplate().request(route, exchange -> {
            exchange.getIn().setBody(body);
            exchange.getIn().setHeaders(Map.of(Exchange.SAGA_LONG_RUNNING_ACTION, sagaId));
        });
    }

    @Override
    public void close() {
        following.close();
        context.stop();
        reader.shutdownNow();
        threads.shutdownNow();
        routeThreads.close();
    }
}
