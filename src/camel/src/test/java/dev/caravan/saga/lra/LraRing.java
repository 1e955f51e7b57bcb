package dev.caravan.saga.lra;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.caravan.saga.SagaId;
import dev.caravan.saga.camel.SagaStarter;
import dev.caravan.saga.camel.StartedSaga;
import dev.caravan.saga.engine.LateOwnership;
import dev.caravan.saga.engine.RouteThreads;
import dev.caravan.saga.engine.SagaAnswers;
import dev.caravan.saga.engine.SagaEngine;
import dev.caravan.saga.engine.SagaHost;
import dev.caravan.saga.engine.SagaThreads;
import dev.caravan.saga.state.InMemorySagaLog;
import dev.caravan.saga.state.SagaLog;
import dev.caravan.saga.state.SagaLogEntry;
import dev.caravan.saga.state.SagaState;
import dev.caravan.saga.test.FakeParticipants;
import dev.caravan.saga.test.ManualTimers;
import dev.caravan.saga.test.TestEngine;
import dev.caravan.saga.time.Backoff;
import dev.caravan.testing.HangLimit;
import java.lang.reflect.Proxy;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.apache.camel.Exchange;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.PluginHelper;

/** The Saga EIP on a coordinator that a test can have misbehave; log, participants and time are in memory. */
final class LraRing implements AutoCloseable {

    static final Duration RETRY = Duration.ofSeconds(3);
    static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(2);

    final InMemorySagaLog log = new InMemorySagaLog();
    final ManualTimers timers = new ManualTimers();
    final FakeParticipants participants = new FakeParticipants();
    final FakeLraCoordinator coordinator = new FakeLraCoordinator();
    final DefaultCamelContext context = new DefaultCamelContext();
    final LateOwnership ownership = new LateOwnership();
    final SagaHost host;
    final SagaAnswers answers;
    final LraSagaService service;
    /** The names of the threads that the log was read on, while the ring was used. */
    final Set<String> readers = ConcurrentHashMap.newKeySet();

    private final ExecutorService executor = Executors.newFixedThreadPool(4, task -> new Thread(task, "engine"));
    private final ExecutorService workers = Executors.newFixedThreadPool(4, task -> new Thread(task, "worker"));

    LraRing(RouteBuilder... routes) throws Exception {
        this(null, routes);
    }

    /** @param coordinatorUrl {@code null}: that of {@link #coordinator} */
    LraRing(Supplier<URI> coordinatorUrl, RouteBuilder... routes) throws Exception {
        LraSettings settings = new LraSettings(
                coordinatorUrl == null ? coordinator::url : coordinatorUrl,
                null,
                "the secret",
                () -> URI.create("http://app.example/lra-participant"),
                "orders",
                REQUEST_TIMEOUT,
                Duration.ofSeconds(1),
                "a secret of this test".getBytes(UTF_8),
                new Backoff(RETRY, RETRY, 0));
        SagaEngine engine = TestEngine.on(watched(), timers)
                .commands(participants)
                .threads(new SagaThreads(executor, workers, RouteThreads.none(), RouteThreads.none()))
                .ownership(made -> ownership)
                .recovery(made -> new LraSagaService(
                        context, made, settings, new Backoff(Duration.ofSeconds(10), Duration.ofSeconds(60), 3)))
                .build();
        host = engine.host();
        answers = engine.answers();
        participants.replyTo(host::deliver);
        List.of("ReserveStock", "ReleaseStock", "ConfirmStock", "ProcessPayment", "RefundPayment")
                .forEach(command -> participants.succeed(command, "{}"));
        service = engine.recovery(LraSagaService.class);
        coordinator.callBack(service.callbacks());
        // ids are those of LRAs, which the coordinator counts
        context.getPropertiesComponent().addOverrideProperty("caravan.start-key", "label");
        context.getRegistry().bind("sagaHost", host);
        context.getRegistry().bind("sagaService", service);
        PluginHelper.getRoutesLoader(context)
                .loadRoutes(PluginHelper.getResourceLoader(context)
                        .resolveResource("classpath:camel-ring/order.camel.xml"));
        for (RouteBuilder builder : routes) {
            context.addRoutes(builder);
        }
        context.start();
    }

    /** A log of which it is known who reads it. */
    private SagaLog watched() {
        return (SagaLog) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {SagaLog.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("read")) {
                        readers.add(Thread.currentThread().getName());
                    }
                    return method.invoke(log, arguments);
                });
    }

    StartedSaga start(String endpoint) {
        return new SagaStarter(context).start(endpoint, "{\"orderId\":\"o1\"}", "o1", Map.of());
    }

    /** Moves the clock until it has ended. */
    SagaState endOf(StartedSaga started) throws Exception {
        advanceUntilDone(started.ended());
        return started.ended().get(HangLimit.SECONDS, TimeUnit.SECONDS);
    }

    void advanceUntilDone(CompletableFuture<?> future) {
        await().until(() -> {
            if (!future.isDone()) {
                timers.advance(RETRY);
            }
            return future.isDone();
        });
    }

    Exchange send(String endpoint, String longRunningAction) {
        return context.createProducerTemplate().request(endpoint, exchange -> {
            exchange.getIn().setBody("{}");
            exchange.getIn().setHeader(Exchange.SAGA_LONG_RUNNING_ACTION, longRunningAction);
        });
    }

    void awaitCommand(String command) {
        await().until(() -> participants.commands().contains(command));
    }

    List<String> events(SagaId id) {
        return log.read(id).stream()
                .map(SagaLogEntry::event)
                .map(event -> event.type())
                .toList();
    }

    @Override
    public void close() {
        try {
            await().until(() ->
                    host.size() == 0 && context.getInflightRepository().size() == 0);
            await().untilAsserted(() -> assertThat(timers.size()).isZero());
        } finally {
            context.stop();
            coordinator.close();
            executor.shutdown();
            workers.shutdown();
        }
    }
}
