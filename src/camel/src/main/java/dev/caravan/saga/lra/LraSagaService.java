package dev.caravan.saga.lra;

import dev.caravan.saga.SagaId;
import dev.caravan.saga.camel.CaravanSagaService;
import dev.caravan.saga.camel.Failures;
import dev.caravan.saga.camel.KeptStarts;
import dev.caravan.saga.camel.RemainingSteps;
import dev.caravan.saga.camel.StepCallbacks;
import dev.caravan.saga.engine.LiveSaga;
import dev.caravan.saga.engine.SagaHost;
import dev.caravan.saga.engine.SagaRecovery;
import dev.caravan.saga.lra.LraClient.Lra;
import dev.caravan.saga.state.Begin;
import dev.caravan.saga.state.SagaEvent;
import dev.caravan.saga.state.SagaState;
import dev.caravan.saga.time.Backoff;
import java.util.concurrent.CompletableFuture;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.saga.CamelSagaCoordinator;
import org.apache.camel.saga.CamelSagaService;
import org.apache.camel.saga.CamelSagaStep;
import org.apache.camel.support.service.ServiceSupport;

/**
 * Mode {@code lra}: the Saga EIP on a MicroProfile LRA coordinator. The coordinator decides how a saga ends; every event is
 * in the saga log, and START is there before the route goes on. The saga's id is the last path segment of the LRA's.
 *
 * <p>It needs nothing of camel-lra, which is not there in each line of Camel.
 */
public final class LraSagaService extends ServiceSupport implements CamelSagaService, SagaRecovery {

    private static final int SERVER_ERROR = 500;

    private final CaravanSagaService sagas;
    private final LraClient client;
    private final LraCallbacks callbacks;
    private final OrphanedLras orphans;
    private final CoordinatorLras lras;

    public LraSagaService(CamelContext context, SagaHost host, LraSettings settings, Backoff backoff) {
        CallbackToken tokens = new CallbackToken(settings.callbackSecret());
        LraLinks links = new LraLinks(settings.participant(), tokens);
        StepCallbacks steps = new StepCallbacks(context, host, backoff);
        CoordinatorTransport transport = settings.transport() == null
                ? CoordinatorTransport.http(settings.requestTimeout(), host.executor())
                : settings.transport();
        this.client = new LraClient(connection(host, settings, transport), settings.clientId());
        this.lras = new CoordinatorLras(connection(host, settings, transport), settings.clientId());
        LraOutcome outcome = new LraOutcome(
                client, new RemainingSteps(steps, host.timers(), settings.requestTimeout()), host, settings.retry());
        this.sagas = new CaravanSagaService(
                context,
                host,
                new LraDecider(host, steps, client, outcome, links, settings.requestTimeout()),
                backoff,
                0);
        this.orphans = new OrphanedLras(host, client, settings.requestTimeout());
        this.callbacks = new LraCallbacks(
                host,
                steps,
                new EnlistedLraCallbacks(host, sagas.enlistedCallbacks(), backoff),
                outcome,
                tokens,
                links,
                settings.callbackTimeout());
    }

    private static CoordinatorConnection connection(
            SagaHost host, LraSettings settings, CoordinatorTransport transport) {
        return new CoordinatorConnection(
                settings.coordinator(),
                settings.coordinatorSecret(),
                settings.requestTimeout(),
                new CircuitBreaker(host.timers().steady(), settings.retry()),
                transport);
    }

    /** Has LRAs that no saga knows cancelled, from now on: the sagas in this instance's partitions are known. */
    public void cancelOrphans() {
        orphans.start();
    }

    OrphanedLras orphans() {
        return orphans;
    }

    /** All LRAs of the coordinator, for an operator. */
    public CoordinatorLras lras() {
        return lras;
    }

    /** What the coordinator calls back. */
    public LraCallbacks callbacks() {
        return callbacks;
    }

    @Override
    public CompletableFuture<CamelSagaCoordinator> newSaga(Exchange exchange) {
        return sagas.newSaga(exchange);
    }

    @Override
    public CompletableFuture<CamelSagaCoordinator> getSaga(String id) {
        return sagas.getSaga(id);
    }

    @Override
    public void registerStep(CamelSagaStep step) {
        sagas.registerStep(step);
    }

    @Override
    public void resume(LiveSaga saga) {
        sagas.resume(saga);
    }

    @Override
    public void begun(LiveSaga saga) {
        sagas.begun(saga);
    }

    @Override
    public CompletableFuture<SagaEvent.Start> opened(SagaId sagaId, SagaEvent.Start start) {
        return Failures.asFuture(() -> client.start(sagaId)).thenApply(lra -> Begin.now(start, lra.id()));
    }

    /** The coordinator did not answer, or was not able to start an LRA; one that refuses would refuse again. */
    @Override
    public boolean keepsStart(Throwable failure) {
        return failure instanceof LraException refused
                && (refused.status() == 0 || refused.status() >= SERVER_ERROR)
                && KeptStarts.areOn(getCamelContext());
    }

    @Override
    public void notBegun(SagaEvent.Start opened) {
        if (opened.coordinator() != null) {
            client.cancel(new Lra(opened.coordinator()));
        }
    }

    @Override
    public CompletableFuture<Void> cancel(LiveSaga saga, SagaEvent.Fail reason) {
        return sagas.cancel(saga, reason);
    }

    @Override
    public boolean isCompleting(LiveSaga saga) {
        return sagas.isCompleting(saga);
    }

    @Override
    public void request(LiveSaga saga, SagaEvent.Request request) {
        sagas.request(saga, request);
    }

    @Override
    public void called(SagaState saga, SagaEvent.Call call) {
        sagas.called(saga, call);
    }

    /** Camel 4.18.5 and later ask: this service joins sagas by the header {@code Long-Running-Action}. */
    public boolean isLongRunningActionHeaderSupported() {
        return true;
    }

    @Override
    public void setCamelContext(CamelContext camelContext) {
        sagas.setCamelContext(camelContext);
    }

    @Override
    public CamelContext getCamelContext() {
        return sagas.getCamelContext();
    }

    /** The application ends: the coordinator is asked nothing any more. */
    @Override
    protected void doShutdown() {
        orphans.stop();
        client.close();
        lras.close();
    }
}
