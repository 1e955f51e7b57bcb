package dev.caravan.saga.camel;

import dev.caravan.saga.engine.OwnedPartitions;
import dev.caravan.saga.engine.SagaHost;
import dev.caravan.saga.engine.SagaOperator;
import dev.caravan.saga.engine.SagaRequests;
import dev.caravan.saga.state.SagaLog;
import dev.caravan.saga.test.ManualTimers;
import dev.caravan.saga.time.Backoff;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.camel.Exchange;
import org.apache.camel.RoutesBuilder;
import org.apache.camel.impl.DefaultCamelContext;

/** One instance of an application in mode {@code log}, of several on one log with a single partition. */
final class Application implements AutoCloseable {

    static final Duration PATIENCE = Duration.ofSeconds(10);

    final SagaHost host;
    final DefaultCamelContext context = new DefaultCamelContext();
    final OwnedPartitions owned;
    final SagaOperator operator;
    private final ExecutorService threads = Executors.newFixedThreadPool(4);
    private final ExecutorService reader = Executors.newSingleThreadExecutor();
    private final SagaLog.Following following;

    /** @param owner false: another instance of the application owns the partition */
    Application(String name, SagaLog log, ManualTimers timers, boolean owner, RoutesBuilder routes) throws Exception {
        host = new SagaHost(log, (command, headers) -> CompletableFuture.completedFuture(null), timers, threads, name);
        owned = new OwnedPartitions(host, name, log::partitionOf);
        host.setOwnership(owned);
        SagaRequests requests = new SagaRequests(log, timers, threads, name);
        operator = new SagaOperator(host, requests);
        LogSagaService service = new LogSagaService(
                context,
                host,
                new StepCallbacks(context, host, new Backoff(Duration.ofSeconds(1), Duration.ofSeconds(1), 2)),
                name,
                PATIENCE,
                PATIENCE);
        service.setRequests(requests);
        host.setRecovery(service);
        context.addService(service);
        context.addRoutes(routes);
        context.start();
        AtomicLong offset = new AtomicLong();
        if (owner) {
            owned.gained(0, 0, 0);
        }
        following = log.follow(entry -> reader.execute(() -> owned.read(0, offset.getAndIncrement(), entry)));
    }

    /** Has a route work on a message that belongs to a saga, as an event does. */
    Exchange event(String route, String sagaId, Object body) {
        return context.createProducerTemplate().send(route, exchange -> {
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
    }
}
