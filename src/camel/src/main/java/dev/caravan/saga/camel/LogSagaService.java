package dev.caravan.saga.camel;

import dev.caravan.saga.SagaId;
import dev.caravan.saga.engine.LiveSaga;
import dev.caravan.saga.engine.SagaHost;
import dev.caravan.saga.engine.SagaRecovery;
import dev.caravan.saga.state.SagaEvent;
import dev.caravan.saga.state.SagaState;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.saga.CamelSagaCoordinator;
import org.apache.camel.saga.CamelSagaService;
import org.apache.camel.saga.CamelSagaStep;

/**
 * Mode {@code log}: the Saga EIP with no coordinator but the saga log. How a saga ends is decided by the first decision
 * in the log; it is acted on when it was read back.
 *
 * <p>Nothing of a saga that has ended is kept. Nothing here throws synchronously: {@code SagaProcessor} would swallow it
 * and the exchange would hang.
 */
public final class LogSagaService implements CamelSagaService, SagaRecovery {

    private final SagaHost host;
    private final LogDecider decider;
    private final RouteReplay replay;
    private final ForwardRuns forward;
    private final Passivation passivation;
    private final JoinedSteps joined;
    private final SagaIds ids;
    private final ChildSagas children;
    private final Duration startTimeout;
    private final RequestedEvents requested;
    private CamelContext context;

    /**
     * @param startTimeout how long a saga waits to be started until this instance owns a partition
     * @param branchTimeout how long the end of a saga waits for branches that still work
     * @param maxWaitingExchanges how many exchanges wait for a reply in memory; the routes of others are run again from the
     *     log. 0: any number may wait
     */
    public LogSagaService(
            CamelContext context,
            SagaHost host,
            StepCallbacks callbacks,
            Duration startTimeout,
            Duration branchTimeout,
            int maxWaitingExchanges) {
        this(
                context,
                host,
                callbacks,
                startTimeout,
                branchTimeout,
                maxWaitingExchanges,
                new SagaIds(sagaId -> host.ownership().owns(sagaId)));
    }

    /** With ids from elsewhere, so that a test may run again as it ran. */
    LogSagaService(
            CamelContext context,
            SagaHost host,
            StepCallbacks callbacks,
            Duration startTimeout,
            Duration branchTimeout,
            int maxWaitingExchanges,
            SagaIds ids) {
        this.context = context;
        this.host = host;
        this.startTimeout = startTimeout;
        this.decider = new LogDecider(callbacks, host, branchTimeout);
        this.replay = new RouteReplay(context, host);
        this.passivation = new Passivation(maxWaitingExchanges, replay, host.executor());
        this.forward = new ForwardRuns(host, replay, callbacks.backoff());
        this.joined = new JoinedSteps(context, host.requests(), host.threads().callbacks());
        this.ids = ids;
        this.children = new ChildSagas(host);
        this.requested = new RequestedEvents(host, decider);
        SagaBlocks.watch(context);
    }

    /** How many exchanges have ended because too many waited. */
    public long exchangesPassivated() {
        return passivation.count();
    }

    @Override
    public CompletableFuture<CamelSagaCoordinator> newSaga(Exchange exchange) {
        CompletableFuture<CamelSagaCoordinator> begun = Failures.asFuture(() -> {
            Optional<LiveSaga> resumed = SagaStart.resumed(exchange);
            Optional<LiveSaga> parent = resumed.isPresent() ? Optional.empty() : ChildSagas.parentOf(exchange);
            if (parent.isPresent()) {
                return children.begin(parent.get(), exchange, new Child(exchange));
            }
            boolean nobodyWaits = resumed.isPresent() || SagaStart.isOfStarter(exchange);
            CompletableFuture<LiveSaga> saga =
                    resumed.isPresent() ? CompletableFuture.completedFuture(resumed.get()) : start(exchange);
            return saga.thenApply(running -> {
                passivation.allow(exchange, running, !nobodyWaits);
                return coordinator(running, true);
            });
        });
        return RouteWait.of(exchange, begun, host.threads().routes());
    }

    private CompletableFuture<LiveSaga> start(Exchange exchange) {
        KeptMessage message = KeptMessage.of(exchange);
        return SagaStart.whenReady(host, startTimeout)
                .thenCompose(ready -> SagaStart.start(host, ids.next(), null, exchange, message, null));
    }

    /** A saga that an exchange of another one begins. */
    private final class Child implements ChildSagas.Beginning {

        private final Exchange exchange;
        private final KeptMessage message;

        private Child(Exchange exchange) {
            this.exchange = exchange;
            this.message = KeptMessage.of(exchange);
        }

        @Override
        public CompletableFuture<String> reserve(LiveSaga parent) {
            return CompletableFuture.completedFuture(
                    ids.next(id -> children.isNear(id, parent.id())).value());
        }

        @Override
        public Optional<String> again(SagaId reserved) {
            return Optional.of(reserved.value());
        }

        @Override
        public CompletableFuture<LiveSaga> start(String longRunningAction, SagaId parent) {
            return SagaStart.start(host, new SagaId(longRunningAction), null, exchange, message, parent);
        }

        @Override
        public CamelSagaCoordinator coordinator(LiveSaga saga) {
            return LogSagaService.this.coordinator(saga, true);
        }
    }

    /**
     * @return never {@code null}: the EIP would start a new saga in place of one that it cannot join. A saga that has
     *     ended or is unknown refuses all that is asked of it; of one that runs elsewhere, it is asked in its log.
     */
    @Override
    public CompletableFuture<CamelSagaCoordinator> getSaga(String id) {
        if (host.ownership().isReadBack()
                && SagaId.isValid(id)
                && host.live(new SagaId(id)).isEmpty()) {
            return CompletableFuture.completedFuture(RouteCoordinator.of(
                    new JoinedSaga(
                            id,
                            host.requests(),
                            host.timers().clock(),
                            startTimeout,
                            (step, declared) -> CompletableFuture.completedFuture(null)),
                    host.threads().routes()));
        }
        CompletableFuture<CamelSagaCoordinator> known = Failures.asFuture(
                () -> host.find(LongRunningAction.sagaId(id)).thenApply(found -> found.map(this::coordinator)
                        .orElseGet(() ->
                                new RefusingCoordinator(id, "saga %s has ended, or is not known here".formatted(id)))));
        return RouteCoordinator.of(
                id,
                known.exceptionally(failure -> new RefusingCoordinator(id, Failures.text(failure))),
                host.threads().routes());
    }

    private CamelSagaCoordinator coordinator(LiveSaga saga) {
        return coordinator(saga, false);
    }

    private CamelSagaCoordinator coordinator(LiveSaga saga, boolean starts) {
        return RouteCoordinator.of(
                new SagaCoordinator(
                        saga,
                        decider,
                        forward,
                        host.timers().clock(),
                        starts ? OptionalLong.of(0) : OptionalLong.empty()),
                host.threads().routes());
    }

    @Override
    public void resume(LiveSaga saga) {
        boolean late = decider.watchDeadline(saga);
        switch (saga.state().status()) {
            case EXECUTING -> {
                if (!late && !Recovery.undoes(context, saga, reason -> decider.askToCompensate(saga, reason, null))) {
                    children.resume(saga, () -> replay.run(saga));
                }
            }
            case COMPLETING -> decider.finishCompleting(saga);
            default -> decider.finishCompensating(saga);
        }
    }

    @Override
    public CompletableFuture<Void> cancel(LiveSaga saga, SagaEvent.Fail reason) {
        return decider.compensate(saga, reason).thenAccept(ended -> {});
    }

    @Override
    public void request(LiveSaga saga, SagaEvent.Request request) {
        requested.handle(saga, request);
    }

    @Override
    public void called(SagaState saga, SagaEvent.Call call) {
        joined.called(saga, call);
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

    /** Nothing to start: each saga route starts the service that all share. */
    @Override
    public void start() {}

    /** Nothing to stop: the stop of one route must not stop the sagas of the others. */
    @Override
    public void stop() {}
}
