package dev.caravan.saga.camel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.caravan.saga.SagaStatus;
import dev.caravan.saga.engine.OwnedPartitions;
import dev.caravan.saga.engine.RouteThreads;
import dev.caravan.saga.engine.SagaEngine;
import dev.caravan.saga.engine.SagaHost;
import dev.caravan.saga.engine.SagaThreads;
import dev.caravan.saga.state.InMemorySagaLog;
import dev.caravan.saga.test.ManualTimers;
import dev.caravan.saga.test.TestEngine;
import dev.caravan.saga.time.Backoff;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.camel.CamelContext;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.model.SagaPropagation;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** One thread for the engine, so that whatever blocks it stops everything. */
class BlockingRoutesTest {

    private static final int MANY = 64;

    private final InMemorySagaLog log = new InMemorySagaLog();
    private final ManualTimers timers = new ManualTimers();
    private final ExecutorService engine = Executors.newSingleThreadExecutor();
    private final ExecutorService reader = Executors.newSingleThreadExecutor();
    private final RouteThreads routes = dev.caravan.saga.engine.Executors.routes("test-route", 500);
    private final RouteThreads callbacks = dev.caravan.saga.engine.Executors.routes("test-callback", 500);
    private final CountDownLatch atWork = new CountDownLatch(MANY);
    private final CountDownLatch released = new CountDownLatch(1);
    private final DefaultCamelContext context = new DefaultCamelContext();
    private SagaHost host;

    @BeforeEach
    void starts() throws Exception {
        Backoff backoff = new Backoff(Duration.ofSeconds(1), Duration.ofSeconds(1), 2);
        Duration patience = Duration.ofSeconds(10);
        SagaEngine sagas = TestEngine.on(log, timers)
                .application("blocking")
                .threads(new SagaThreads(engine, engine, routes, callbacks))
                .partitions(OwnedPartitions.Ends.UNTOLD)
                .recovery(made -> new LogSagaService(
                        context, made, new StepCallbacks(context, made, backoff), patience, patience, 0))
                .build();
        host = sagas.host();
        OwnedPartitions owned = sagas.partitions();
        owned.gained(0, 0, 0);
        AtomicLong offset = new AtomicLong();
        log.follow(entry -> reader.execute(() -> owned.read(0, offset.getAndIncrement(), entry)));
        context.addService(sagas.recovery(LogSagaService.class));
        context.addRoutes(new Routes());
        context.start();
    }

    @AfterEach
    void stops() {
        released.countDown();
        context.stop();
        routes.close();
        callbacks.close();
        engine.shutdownNow();
        reader.shutdownNow();
    }

    private final class Routes extends RouteBuilder {

        @Override
        public void configure() {
            from("direct:blocked").routeId("blocked").saga().to("direct:block");
            from("direct:block")
                    .routeId("block")
                    .saga()
                    .propagation(SagaPropagation.MANDATORY)
                    .compensation("direct:undo")
                    .process(exchange -> block());
            from("direct:quick").routeId("quick").saga().to("direct:step");
            from("direct:step")
                    .routeId("step")
                    .saga()
                    .propagation(SagaPropagation.MANDATORY)
                    .compensation("direct:undo")
                    .log("done");
            from("direct:failing").routeId("failing").saga().to("direct:undone").throwException(new Exception("no"));
            from("direct:undone")
                    .routeId("undone")
                    .saga()
                    .propagation(SagaPropagation.MANDATORY)
                    .compensation("direct:blocking-undo")
                    .log("done");
            from("direct:undo").routeId("undo").log("undo");
            from("direct:blocking-undo").routeId("blocking-undo").process(exchange -> block());
            from("direct:limited")
                    .routeId("limited")
                    .saga()
                    .timeout(Duration.ofMinutes(1))
                    .to("direct:step")
                    .process(exchange -> block());
            from("direct:calling").routeId("calling").saga().to("direct:call");
            from("direct:call")
                    .routeId("call")
                    .saga()
                    .propagation(SagaPropagation.MANDATORY)
                    .compensation("direct:undo")
                    .process(exchange -> {
                        atWork.countDown();
                        callAnotherSaga(exchange.getContext());
                    });
        }
    }

    private void block() throws InterruptedException {
        atWork.countDown();
        released.await();
    }

    private static void callAnotherSaga(CamelContext context) {
        context.createProducerTemplate().requestBody("direct:quick", "");
    }

    @Test
    void runsRoutesAtOnceThatBlockAndOthersBesideThem() throws Exception {
        List<StartedSaga> blocked = start("direct:blocked", MANY);
        assertThat(atWork.await(60, TimeUnit.SECONDS)).as("all at work at once").isTrue();

        assertThat(end(start("direct:quick", 1).get(0))).isEqualTo(SagaStatus.COMPLETED);

        released.countDown();
        for (StartedSaga saga : blocked) {
            assertThat(end(saga)).isEqualTo(SagaStatus.COMPLETED);
        }
    }

    @Test
    void runsCallbacksAtOnceThatBlockAndOthersBesideThem() throws Exception {
        List<StartedSaga> blocked = start("direct:failing", MANY);
        assertThat(atWork.await(60, TimeUnit.SECONDS)).as("all at work at once").isTrue();

        assertThat(end(start("direct:quick", 1).get(0))).isEqualTo(SagaStatus.COMPLETED);

        released.countDown();
        for (StartedSaga saga : blocked) {
            assertThat(end(saga)).isEqualTo(SagaStatus.COMPENSATED);
        }
    }

    @Test
    void decidesTimeoutsWhileRoutesBlock() throws Exception {
        List<StartedSaga> blocked = start("direct:limited", MANY);
        assertThat(atWork.await(60, TimeUnit.SECONDS)).isTrue();

        timers.advance(Duration.ofMinutes(2)); // and the patience for branches that still work

        for (StartedSaga saga : blocked) {
            saga.accepted().get(60, TimeUnit.SECONDS);
            end(saga, SagaStatus.COMPENSATED);
        }
    }

    @Test
    void endsSagasWhoseBeansCallOtherSagas() throws Exception {
        for (StartedSaga saga : start("direct:calling", MANY)) {
            assertThat(end(saga)).isEqualTo(SagaStatus.COMPLETED);
        }
    }

    private List<StartedSaga> start(String route, int howMany) {
        SagaStarter starter = new SagaStarter(context, Map::of, routes);
        List<StartedSaga> started = new ArrayList<>();
        for (int i = 0; i < howMany; i++) {
            started.add(starter.start(route, Map.of("id", i), null, Map.of()));
        }
        return started;
    }

    private static SagaStatus end(StartedSaga saga) throws Exception {
        return saga.ended().get(60, TimeUnit.SECONDS).status();
    }

    private void end(StartedSaga saga, SagaStatus status) throws Exception {
        await().until(() -> {
            timers.advance(Duration.ofSeconds(10));
            return saga.ended().isDone();
        });
        assertThat(end(saga)).isEqualTo(status);
    }
}
