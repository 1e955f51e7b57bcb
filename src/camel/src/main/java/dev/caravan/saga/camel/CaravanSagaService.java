package dev.caravan.saga.camel;

import dev.caravan.saga.SagaStatus;
import dev.caravan.saga.camel.Passivation.Waiter;
import dev.caravan.saga.engine.Begun;
import dev.caravan.saga.engine.LiveSaga;
import dev.caravan.saga.engine.SagaHost;
import dev.caravan.saga.engine.SagaRecovery;
import dev.caravan.saga.state.SagaEvent;
import dev.caravan.saga.state.SagaState;
import dev.caravan.saga.time.Backoff;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiFunction;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.saga.CamelSagaCoordinator;
import org.apache.camel.saga.CamelSagaService;
import org.apache.camel.saga.CamelSagaStep;

/**
 * The Saga EIP on the saga log. Who decides how a saga ends is its {@link Decider}; all else is the same in every mode.
 *
 * <p>Nothing of a saga that has ended is kept. Nothing here throws synchronously: {@code SagaProcessor} would swallow it
 * and the exchange would hang.
 */
public class CaravanSagaService implements CamelSagaService, SagaRecovery {

    private final SagaHost host;
    private final Decider decider;
    private final RouteReplay replay;
    private final ForwardRuns forward;
    private final Passivation passivation;
    private final EnlistedCallbacks enlisted;
    private final ChildSagas children;
    private final RequestedEvents requested;
    private final StartKeyOf keys;
    private CamelContext context;

    /**
     * @param backoff between two runs of the route of a saga that is past its pivot
     * @param maxWaitingExchanges how many exchanges wait for a reply in memory; the routes of others are run again from the
     *     log. 0: any number may wait
     */
    public CaravanSagaService(
            CamelContext context, SagaHost host, Decider decider, Backoff backoff, int maxWaitingExchanges) {
        this.context = context;
        this.host = host;
        this.decider = decider;
        this.replay = new RouteReplay(context, host);
        this.passivation = new Passivation(maxWaitingExchanges, replay, host.executor());
        this.forward = new ForwardRuns(host, replay, backoff);
        this.enlisted =
                new EnlistedCallbacks(context, host.requests(), host.threads().callbacks());
        ChildSteps steps = new ChildSteps(host, decider);
        context.getCamelContextExtension().addContextPlugin(ChildSteps.class, steps);
        this.children = new ChildSagas(host, steps);
        this.requested = new RequestedEvents(host, decider);
        this.keys = new StartKeyOf(context);
        SagaBlocks.watch(context);
    }

    /** How many exchanges have ended because too many waited. */
    public long exchangesPassivated() {
        return passivation.count();
    }

    /** Those of this application in sagas that run elsewhere. */
    public EnlistedCallbacks enlistedCallbacks() {
        return enlisted;
    }

    @Override
    public CompletableFuture<CamelSagaCoordinator> newSaga(Exchange exchange) {
        CompletableFuture<CamelSagaCoordinator> begun = Failures.asFuture(() -> {
            Optional<LiveSaga> resumed = SagaStart.resumed(exchange);
            if (resumed.isPresent()) {
                passivation.allow(exchange, resumed.get(), Waiter.NOBODY);
                return CompletableFuture.completedFuture(coordinator(resumed.get(), OptionalLong.of(0)));
            }
            Optional<Instant> at = StartTime.take(exchange, host.timers().clock());
            Beginning beginning = new Beginning(decider, exchange, at.orElse(null), this::coordinator);
            Optional<LiveSaga> parent = ChildSagas.parentOf(exchange);
            if (parent.isPresent() && at.isPresent()) {
                throw new IllegalArgumentException(
                        "A saga that begins within saga %s, which waits for it, cannot be scheduled: start it where no saga is"
                                .formatted(parent.get().id()));
            }
            return parent.isPresent() ? children.begin(parent.get(), exchange, beginning) : begin(exchange, beginning);
        });
        return RouteWait.of(exchange, begun, host.threads().routes());
    }

    private CompletableFuture<CamelSagaCoordinator> begin(Exchange exchange, Beginning beginning) {
        Waiter waiter = SagaStart.waiter(exchange);
        BiFunction<LiveSaga, CamelSagaCoordinator, CamelSagaCoordinator> goesOn = (saga, coordinator) -> {
            passivation.allow(exchange, saga, waiter);
            return coordinator;
        };
        String key = keys.isUnique() ? keys.of(exchange) : null;
        if (key != null) {
            return beginning.once(key).thenCompose(begun -> begun.toRun()
                    .map(saga -> saga.state().isScheduled()
                            ? later(exchange, beginning, saga)
                            : CompletableFuture.completedFuture(goesOn.apply(
                                    SagaStart.begun(exchange, saga), coordinator(saga, OptionalLong.of(0)))))
                    .orElseGet(() -> elsewhere(exchange, beginning, begun)));
        }
        if (beginning.isScheduled()) {
            return beginning.later().thenCompose(saga -> later(exchange, beginning, saga));
        }
        return beginning
                .reserve(id -> true)
                .thenCompose(action -> beginning.start(action, null))
                .thenApply(saga -> goesOn.apply(saga, beginning.coordinator(saga)))
                .exceptionallyCompose(failure -> host.scheduled().keeps(failure)
                        ? beginning.later().thenCompose(saga -> later(exchange, beginning, saga))
                        : CompletableFuture.failedFuture(failure));
    }

    /**
     * Its time has yet to come, or who decides how it ends; in that case, who waits for the saga waits. Who is told of its
     * acceptance gives its place back before it takes one as a saga that is due.
     */
    private CompletableFuture<CamelSagaCoordinator> later(Exchange exchange, Beginning beginning, LiveSaga saga) {
        try {
            return elsewhere(exchange, beginning, new Begun(saga.id(), saga, null));
        } finally {
            host.scheduled().watch(saga);
        }
    }

    private CompletableFuture<CamelSagaCoordinator> elsewhere(Exchange exchange, Beginning beginning, Begun begun) {
        return beginning.isScheduled()
                ? RepeatedStart.scheduled(host, exchange, begun)
                : RepeatedStart.of(host, exchange, begun);
    }

    @Override
    public void begun(LiveSaga saga) {
        replay.run(saga);
    }

    /**
     * @return never {@code null}: the EIP would start a new saga in place of one that it cannot join. One that cannot be
     *     joined refuses all that is asked of it.
     */
    @Override
    public CompletableFuture<CamelSagaCoordinator> getSaga(String id) {
        CompletableFuture<CamelSagaCoordinator> found = Failures.asFuture(() -> host.live(LongRunningAction.sagaId(id))
                        .map(saga -> CompletableFuture.completedFuture(joining(saga)))
                        .orElseGet(() -> decider.elsewhere(id, this::joining)))
                .exceptionally(failure -> new RefusingCoordinator(id, Failures.text(failure)));
        return RouteCoordinator.of(id, found, host.threads().routes());
    }

    private CamelSagaCoordinator joining(LiveSaga saga) {
        if (saga.state().isScheduled()) {
            return new RefusingCoordinator(
                    saga.id().value(),
                    "saga %s has not begun. It does at %s"
                            .formatted(saga.id(), saga.state().started().at()));
        }
        return new SagaCoordinator(saga, decider, forward, host.timers().clock(), OptionalLong.empty());
    }

    /** @param startLimit the time limit, in ms, with which the saga is started; 0: none, or long ago */
    private CamelSagaCoordinator coordinator(LiveSaga saga, OptionalLong startLimit) {
        return RouteCoordinator.of(
                new SagaCoordinator(saga, decider, forward, host.timers().clock(), startLimit),
                host.threads().routes());
    }

    /** The route runs again; what another saga ends is awaited; an end that was asked for is asked for again. */
    @Override
    public void resume(LiveSaga saga) {
        boolean late = decider.watchDeadline(saga);
        if (saga.state().status() != SagaStatus.EXECUTING) {
            decider.finish(saga);
        } else if (!decider.follows(saga)
                && !late
                && !Recovery.undoes(context, saga, reason -> decider.compensate(saga, reason))) {
            decider.goOn(saga, () -> children.resume(saga, () -> replay.run(saga)));
        }
    }

    @Override
    public CompletableFuture<Void> cancel(LiveSaga saga, SagaEvent.Fail reason) {
        return decider.compensate(saga, reason).thenAccept(ended -> {});
    }

    @Override
    public boolean isCompleting(LiveSaga saga) {
        return decider.isCompleting(saga);
    }

    @Override
    public void request(LiveSaga saga, SagaEvent.Request request) {
        requested.handle(saga, request);
    }

    @Override
    public void called(SagaState saga, SagaEvent.Call call) {
        enlisted.called(saga, call);
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
