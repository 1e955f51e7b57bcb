package org.apache.camel.saga;

import dev.caravan.saga.camel.LogSagaService;
import dev.caravan.saga.camel.StepCallbacks;
import dev.caravan.saga.engine.LiveSaga;
import dev.caravan.saga.engine.OwnedPartitions;
import dev.caravan.saga.engine.SagaEngine;
import dev.caravan.saga.engine.SagaRecovery;
import dev.caravan.saga.engine.SagaThreads;
import dev.caravan.saga.state.InMemorySagaLog;
import dev.caravan.saga.time.Backoff;
import dev.caravan.saga.time.SystemTimers;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.support.service.ServiceSupport;

/**
 * Takes the place of Camel's class of this name, which Camel's own saga tests make: they then test Caravan's log
 * coordinator, on a log in memory. It goes on with sagas, as Caravan's services do: others are refused.
 */
public class InMemorySagaService extends ServiceSupport implements CamelSagaService, SagaRecovery {

    private int maxRetryAttempts = 5;
    private long retryDelayInMilliseconds = 5000;
    private CamelContext context;
    private LogSagaService service;
    private ExecutorService executor;

    public void setMaxRetryAttempts(int maxRetryAttempts) {
        this.maxRetryAttempts = maxRetryAttempts;
    }

    public void setRetryDelayInMilliseconds(long retryDelayInMilliseconds) {
        this.retryDelayInMilliseconds = retryDelayInMilliseconds;
    }

    private synchronized LogSagaService service() {
        if (service == null) {
            executor = Executors.newFixedThreadPool(4, task -> {
                Thread thread = new Thread(task, "caravan-conformance");
                thread.setDaemon(true);
                return thread;
            });
            InMemorySagaLog log = new InMemorySagaLog();
            SystemTimers timers = new SystemTimers(Clock.systemUTC(), executor);
            Duration delay = Duration.ofMillis(retryDelayInMilliseconds);
            Backoff backoff = new Backoff(delay, delay, maxRetryAttempts);
            Duration patience = Duration.ofSeconds(10);
            SagaEngine engine = SagaEngine.builder()
                    .application("conformance")
                    .instance("conformance")
                    .log(log)
                    .commands((command, headers) -> CompletableFuture.failedFuture(
                            new IllegalStateException("These tests have no participants")))
                    .timers(timers)
                    .threads(SagaThreads.of(executor))
                    .partitions(OwnedPartitions.Ends.UNTOLD)
                    .recovery(host -> new LogSagaService(
                            context, host, new StepCallbacks(context, host, backoff, backoff), patience, patience, 0))
                    .build();
            OwnedPartitions partitions = engine.partitions();
            partitions.gained(0, 0, 0);
            AtomicLong offset = new AtomicLong();
            log.follow(entry -> partitions.read(0, offset.getAndIncrement(), entry));
            service = engine.recovery(LogSagaService.class);
        }
        return service;
    }

    @Override
    public void resume(LiveSaga saga) {
        service().resume(saga);
    }

    @Override
    public CompletableFuture<CamelSagaCoordinator> newSaga(Exchange exchange) {
        return service().newSaga(exchange);
    }

    @Override
    public CompletableFuture<CamelSagaCoordinator> getSaga(String id) {
        return service().getSaga(id);
    }

    @Override
    public void registerStep(CamelSagaStep step) {
        service().registerStep(step);
    }

    @Override
    public void setCamelContext(CamelContext camelContext) {
        this.context = camelContext;
    }

    @Override
    public CamelContext getCamelContext() {
        return context;
    }
}
