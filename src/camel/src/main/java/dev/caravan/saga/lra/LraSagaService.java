package dev.caravan.saga.lra;

import dev.caravan.saga.SagaId;
import dev.caravan.saga.camel.CallbackAddresses;
import dev.caravan.saga.camel.ChildSagas;
import dev.caravan.saga.camel.Failures;
import dev.caravan.saga.camel.ForwardRuns;
import dev.caravan.saga.camel.JoinedSaga;
import dev.caravan.saga.camel.JoinedSteps;
import dev.caravan.saga.camel.KeptMessage;
import dev.caravan.saga.camel.LongRunningAction;
import dev.caravan.saga.camel.Recovery;
import dev.caravan.saga.camel.RefusingCoordinator;
import dev.caravan.saga.camel.RemainingSteps;
import dev.caravan.saga.camel.RequestedEvents;
import dev.caravan.saga.camel.RouteCoordinator;
import dev.caravan.saga.camel.RouteReplay;
import dev.caravan.saga.camel.RouteWait;
import dev.caravan.saga.camel.SagaBlocks;
import dev.caravan.saga.camel.SagaCoordinator;
import dev.caravan.saga.camel.SagaStart;
import dev.caravan.saga.camel.StepCallbacks;
import dev.caravan.saga.camel.UnfinishedSteps;
import dev.caravan.saga.engine.LiveSaga;
import dev.caravan.saga.engine.SagaHost;
import dev.caravan.saga.engine.SagaRecovery;
import dev.caravan.saga.lra.LraClient.Lra;
import dev.caravan.saga.state.SagaEvent;
import dev.caravan.saga.state.SagaState;
import dev.caravan.saga.time.Backoff;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.saga.CamelSagaCoordinator;
import org.apache.camel.saga.CamelSagaStep;
import org.apache.camel.service.lra.LRASagaService;

/**
 * The Saga EIP on a MicroProfile LRA coordinator. The coordinator decides how a saga ends; every event is in the saga
 * log, and START is there before the route goes on. The saga's id is the last path segment of the LRA's.
 *
 * <p>It takes the place of camel-lra's service, so that what looks for that one finds it, and keeps none of its ways.
 *
 * <p>Nothing here throws synchronously: {@code SagaProcessor} would swallow it and the exchange would hang.
 */
public final class LraSagaService extends LRASagaService implements SagaRecovery {

    private final SagaHost host;
    private final LraClient client;
    private final LraOutcome outcome;
    private final LraDecider decider;
    private final LraLinks links;
    private final LraCallbacks callbacks;
    private final OrphanedLras orphans;
    private final LraStarts starts;
    private final ChildSagas children;
    private final RouteReplay replay;
    private final ForwardRuns forward;
    private final JoinedLras joined;
    private final RequestedEvents requested;
    private final JoinedSteps joinedSteps;
    private final Duration startTimeout;
    private CamelContext context;

    public LraSagaService(CamelContext context, SagaHost host, LraSettings settings, Backoff backoff) {
        this.context = context;
        this.host = host;
        this.replay = new RouteReplay(context, host);
        this.forward = new ForwardRuns(host, replay, backoff);
        this.startTimeout = settings.requestTimeout();
        CallbackToken tokens = new CallbackToken(settings.callbackSecret());
        this.client = new LraClient(
                new CoordinatorConnection(
                        settings.coordinator(),
                        settings.coordinatorSecret(),
                        settings.requestTimeout(),
                        new CircuitBreaker(host.timers().clock(), settings.retry()),
                        settings.transport() == null
                                ? CoordinatorTransport.http(settings.requestTimeout(), host.executor())
                                : settings.transport()),
                settings.clientId());
        this.starts = new LraStarts(host, client, startTimeout);
        this.children = new ChildSagas(host);
        this.orphans = new OrphanedLras(host, client, settings.requestTimeout());
        StepCallbacks steps = new StepCallbacks(context, host, backoff);
        this.outcome = new LraOutcome(
                client,
                new RemainingSteps(steps),
                new UnfinishedSteps(steps, host, startTimeout),
                host,
                settings.retry());
        this.links = new LraLinks(settings.participant(), tokens);
        this.decider = new LraDecider(client, outcome, links);
        this.joined = new JoinedLras(host, startTimeout);
        this.requested = new RequestedEvents(host, decider);
        this.joinedSteps =
                new JoinedSteps(context, host.requests(), host.threads().callbacks());
        this.callbacks = new LraCallbacks(
                host,
                steps,
                new JoinedCallbacks(host, joinedSteps, backoff),
                outcome,
                tokens,
                links,
                settings.callbackTimeout());
        SagaBlocks.watch(context);
    }

    @Override
    public void request(LiveSaga saga, SagaEvent.Request request) {
        requested.handle(saga, request);
    }

    @Override
    public void called(SagaState saga, SagaEvent.Call call) {
        joinedSteps.called(saga, call);
    }

    /** Has LRAs that no saga knows cancelled, from now on: the sagas in this instance's partitions are known. */
    public void cancelOrphans() {
        orphans.start();
    }

    OrphanedLras orphans() {
        return orphans;
    }

    /** What the coordinator calls back. */
    public LraCallbacks callbacks() {
        return callbacks;
    }

    @Override
    public CompletableFuture<CamelSagaCoordinator> newSaga(Exchange exchange) {
        Optional<LiveSaga> resumed = SagaStart.resumed(exchange);
        if (resumed.isPresent()) {
            return CompletableFuture.completedFuture(start(resumed.get(), 0));
        }
        Optional<LiveSaga> parent = ChildSagas.parentOf(exchange);
        CompletableFuture<CamelSagaCoordinator> begun = Failures.asFuture(() -> {
            long limit = RouteTimeLimit.of(context, exchange);
            if (parent.isPresent()) {
                return children.begin(
                        parent.get(),
                        exchange,
                        new LraChild(children, starts, exchange, limit, saga -> start(saga, limit)));
            }
            KeptMessage message = KeptMessage.of(exchange);
            return starts.lra(limit, id -> true)
                    .thenCompose(lra -> starts.saga(lra, exchange, message, null))
                    .thenApply(saga -> start(saga, limit));
        });
        return RouteWait.of(exchange, begun, host.threads().routes());
    }

    private CamelSagaCoordinator start(LiveSaga saga, long limit) {
        return RouteCoordinator.of(
                coordinator(saga, OptionalLong.of(limit)), host.threads().routes());
    }

    /**
     * The route runs again, unless the coordinator has been asked to end the LRA; the end of an LRA from elsewhere is awaited;
     * an end that was asked for is asked for again.
     */
    @Override
    public void resume(LiveSaga saga) {
        Lra lra = Lra.of(saga);
        boolean late = decider.watchDeadline(saga);
        boolean part = JoinedLras.isPartOf(saga, lra);
        switch (saga.state().status()) {
            case EXECUTING -> {
                if (part) {
                    outcome.watch(saga, lra);
                } else if (!late && !Recovery.undoes(context, saga, reason -> outcome.cancel(saga, lra, reason))) {
                    goOn(saga, lra);
                }
            }
            case COMPLETING -> outcome.close(saga, lra);
            default -> outcome.cancel(saga, lra);
        }
    }

    /** An LRA that ends takes no step any more: a route that ran again would take those that it has for failed ones. */
    private void goOn(LiveSaga saga, Lra lra) {
        client.status(lra).whenComplete((status, failure) -> {
            if (failure == null && status != LraStatus.Active && status != LraStatus.Gone) {
                outcome.watch(saga, lra);
            } else {
                children.resume(saga, () -> replay.run(saga));
            }
        });
    }

    @Override
    public CompletableFuture<Void> cancel(LiveSaga saga, SagaEvent.Fail reason) {
        return decider.compensate(saga, reason).thenAccept(ended -> {});
    }

    @Override
    public boolean isCompleting(LiveSaga saga) {
        return outcome.isAskedToClose(saga);
    }

    /**
     * @return never {@code null}: the EIP would start a new saga in place of one that it cannot join. An LRA that was
     *     started elsewhere is joined while the coordinator says that it is active; any other refuses all that is asked.
     */
    @Override
    public CompletableFuture<CamelSagaCoordinator> getSaga(String id) {
        CompletableFuture<CamelSagaCoordinator> found = Failures.asFuture(() -> find(id))
                .exceptionally(failure -> new RefusingCoordinator(id, Failures.text(failure)));
        return RouteCoordinator.of(id, found, host.threads().routes());
    }

    private CompletableFuture<CamelSagaCoordinator> find(String id) {
        Optional<LiveSaga> live = host.live(LongRunningAction.sagaId(id));
        if (live.isPresent()) {
            return CompletableFuture.completedFuture(coordinator(live.get()));
        }
        Lra lra = new Lra(id);
        return client.status(lra)
                .thenApply(status -> status == LraStatus.Active
                        ? new JoiningCoordinator(
                                lra,
                                client,
                                outcome,
                                exchange -> joined.part(lra, exchange),
                                this::coordinator,
                                inLog(lra),
                                () -> isInLog(new SagaId(lra.uid())))
                        : new RefusingCoordinator(
                                id,
                                "LRA %s %s"
                                        .formatted(
                                                id,
                                                status == LraStatus.Gone
                                                        ? "has ended, or never was"
                                                        : "is " + status)));
    }

    private CompletableFuture<Boolean> isInLog(SagaId sagaId) {
        return CompletableFuture.supplyAsync(
                () -> host.ownership().inFlight(sagaId).isPresent()
                        || host.read(sagaId).start() != null,
                host.threads().workers());
    }

    private Optional<JoinedSaga> inLog(Lra lra) {
        return Optional.of(host.requests())
                .filter(asked -> host.ownership().isReadBack())
                .map(asked -> new JoinedSaga(
                        lra.id(), asked, host.timers().clock(), startTimeout, (step, declared) -> client.join(
                                        lra, links.ofJoined(new SagaId(lra.uid()), step, declared), 0)
                                .thenApply(recoveryUrl -> null)));
    }

    private SagaCoordinator coordinator(LiveSaga saga) {
        return coordinator(saga, OptionalLong.empty());
    }

    private SagaCoordinator coordinator(LiveSaga saga, OptionalLong startLimit) {
        return new SagaCoordinator(saga, decider, forward, host.timers().clock(), startLimit);
    }

    @Override
    public void registerStep(CamelSagaStep step) {
        CallbackAddresses.register(context, step);
    }

    /** Camel 4.18.5 and later ask: this service joins sagas by the header {@code Long-Running-Action}. */
    public boolean isLongRunningActionHeaderSupported() {
        return true;
    }

    @Override
    public void setCamelContext(CamelContext camelContext) {
        this.context = camelContext;
    }

    @Override
    public CamelContext getCamelContext() {
        return context;
    }

    /** Nothing to start; not camel-lra's client, nor its routes, which take callbacks from anybody. */
    @Override
    protected void doStart() {}

    /** Nothing to stop: the stop of one route must not stop the sagas of the others. */
    @Override
    protected void doStop() {}

    /** The application ends: the coordinator is asked nothing any more. */
    @Override
    protected void doShutdown() {
        orphans.stop();
        client.close();
    }
}
