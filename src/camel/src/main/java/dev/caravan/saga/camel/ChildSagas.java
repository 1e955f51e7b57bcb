package dev.caravan.saga.camel;

import dev.caravan.saga.SagaId;
import dev.caravan.saga.SagaStatus;
import dev.caravan.saga.Step;
import dev.caravan.saga.engine.EndedSaga;
import dev.caravan.saga.engine.LiveSaga;
import dev.caravan.saga.engine.SagaHost;
import dev.caravan.saga.message.Phase;
import dev.caravan.saga.state.Child;
import dev.caravan.saga.state.SagaState;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangePropertyKey;
import org.apache.camel.Route;
import org.apache.camel.saga.CamelSagaCoordinator;
import org.apache.camel.support.ExchangeHelper;
import org.jspecify.annotations.Nullable;

/**
 * Sagas that are begun within others. A child is in its parent's log before it starts, so that it is found again when the
 * parent's route is run again: one that was at work goes on within that route, one that had ended is answered from its log.
 * It is in the same partition as its parent, and so found by the same instance. Thread-safe.
 */
final class ChildSagas {

    private static final Duration NEXT_LOOK = Duration.ofSeconds(1);

    private final SagaHost host;
    private final ChildSteps steps;
    private final Map<SagaId, CompletableFuture<LiveSaga>> awaited = new HashMap<>();
    private final Map<SagaId, LiveSaga> waiting = new HashMap<>();

    ChildSagas(SagaHost host, ChildSteps steps) {
        this.host = host;
        this.steps = steps;
    }

    /** A saga that an earlier run began, as far as it has come. */
    private record Found(@Nullable LiveSaga live, @Nullable SagaState state) {}

    /** The saga in whose route, compensation or completion the exchange begins another, if it runs here; throws for a late branch. */
    static Optional<LiveSaga> parentOf(Exchange exchange) {
        PresentRun run = run(exchange).orElse(null);
        if (run != null && !run.hasEnded() && run.saga().state().status().isTerminal()) {
            SagaBranches.checkChild(exchange, run.saga());
            return Optional.empty();
        }
        return Optional.ofNullable(run).map(PresentRun::saga);
    }

    /** Of the saga that the exchange is in, or was in outside of a block that is in none: what runs again comes there again. */
    private static Optional<PresentRun> run(Exchange exchange) {
        SagaContext context = SagaContext.of(exchange);
        return SagaContext.current(exchange).or(() -> BlockRun.left(exchange)
                .filter(action -> SagaId.isValid(LongRunningAction.lastOf(action)))
                .map(action -> context.run(context.sagaOf(action))));
    }

    /** True for two in the same partition. */
    private boolean isNear(SagaId one, SagaId other) {
        return host.log().partitionOf(one) == host.log().partitionOf(other);
    }

    /** Begins a saga within its parent, or goes on with the one that was begun at this place before. */
    CompletableFuture<CamelSagaCoordinator> begin(LiveSaga parent, Exchange exchange, Beginning beginning) {
        PresentRun run = run(exchange).orElseThrow();
        Route route = ExchangeHelper.getRoute(exchange);
        String name = route == null ? exchange.getFromRouteId() : RouteVersions.nameOf(route);
        return next(run, name, place(exchange, parent), exchange, beginning);
    }

    /** Where the parent's route, or its compensation, is. */
    private static @Nullable String place(Exchange exchange, LiveSaga parent) {
        Step step = SagaContext.of(exchange).step();
        Phase phase = SagaContext.of(exchange).phase();
        String path = SagaBranches.pathOf(exchange, parent.id());
        String place = (phase == Phase.ACTION ? "" : phase + " ")
                + (step == null ? "" : step)
                + (path.isEmpty() ? "" : "/" + path);
        return place.isEmpty() ? null : place;
    }

    private CompletableFuture<CamelSagaCoordinator> next(
            PresentRun run, String name, @Nullable String place, Exchange exchange, Beginning beginning) {
        SagaContext.of(exchange).check(run.saga());
        Optional<Child> known = run.nextChild(name, place);
        if (known.isEmpty()) {
            SagaBranches.checkChild(exchange, run.saga());
            return first(run, name, place, exchange, beginning);
        }
        return joined(exchange, run.saga(), known.get())
                .thenCompose(joined -> look(known.get(), run.saga()))
                .thenCompose(found -> {
                    if (found.live() != null) {
                        return CompletableFuture.completedFuture(goOn(exchange, found.live(), beginning));
                    }
                    SagaState ended = Objects.requireNonNull(found.state());
                    SagaStatus status = ended.status();
                    if (status == SagaStatus.INITIAL && known.get().ended()) {
                        return CompletableFuture.failedFuture(new IllegalStateException(
                                "Saga %s, which saga %s began, has ended, and the log has forgotten how: keep saga-logs longer"
                                        .formatted(
                                                known.get().saga(), run.saga().id())));
                    }
                    Optional<String> reserved = status == SagaStatus.INITIAL
                            ? beginning.again(known.get().saga())
                            : Optional.empty();
                    if (reserved.isPresent()) {
                        return start(run.saga(), reserved.get(), known.get(), beginning);
                    }
                    if (status == SagaStatus.INITIAL) {
                        return next(run, name, place, exchange, beginning);
                    }
                    return steps.ended(run.saga(), ended)
                            .thenApply(told -> answered(exchange, EndedSaga.of(host, ended)));
                });
    }

    /** A child that is undone with its parent is a step of it. */
    private CompletableFuture<Void> joined(Exchange exchange, LiveSaga parent, Child child) {
        return Boolean.TRUE.equals(child.withParent())
                ? steps.join(exchange, parent, child)
                : CompletableFuture.completedFuture(null);
    }

    private CompletableFuture<CamelSagaCoordinator> first(
            PresentRun run, String name, @Nullable String place, Exchange exchange, Beginning beginning) {
        LiveSaga parent = run.saga();
        if (run.hasEnded()) {
            return CompletableFuture.failedFuture(new IllegalStateException(
                    "Saga %s has ended, and did not begin a saga %s".formatted(parent.id(), name)));
        }
        return beginning.reserve(id -> isNear(id, parent.id())).thenCompose(action -> {
            SagaId child = LongRunningAction.sagaId(action);
            run.begins(child);
            Boolean withParent = isUndoneWithParent(exchange) ? true : null;
            Child begun = new Child(child, name, place, false, withParent);
            return parent.decide(begun) // who has lost the parent begins nothing that the next owner does not know
                    .thenCompose(written -> joined(exchange, parent, begun))
                    .thenCompose(joined -> start(parent, action, begun, beginning));
        });
    }

    private static boolean isUndoneWithParent(Exchange exchange) {
        Route route = ExchangeHelper.getRoute(exchange);
        return SagaContext.of(exchange).phase() == Phase.ACTION
                && route != null
                && SagaConstants.UNDONE_WITH_PARENT.equals(route.getProperties().get(SagaConstants.CHILD));
    }

    private CompletableFuture<CamelSagaCoordinator> start(
            LiveSaga parent, String action, Child child, Beginning beginning) {
        return beginning.start(action, parent.id()).thenApply(saga -> {
            tell(parent, saga, child);
            return beginning.coordinator(saga);
        });
    }

    /** So that the log's retention, which may forget the child before its parent, cannot have it begun again. */
    private void tell(LiveSaga parent, LiveSaga child, Child begun) {
        child.ended().thenAccept(state -> {
            steps.ended(parent, state);
            if (!parent.isGone() && !parent.state().status().isTerminal()) {
                parent.append(new Child(child.id(), begun.name(), begun.place(), true, begun.withParent()));
            }
        });
    }

    private CamelSagaCoordinator goOn(Exchange exchange, LiveSaga child, Beginning beginning) {
        SagaContext.bind(exchange, child);
        RouteShapes shapes = RouteShapes.of(exchange.getContext());
        child.recorded().goBy(shapes.of(shapes.again(child.state().started())));
        return beginning.coordinator(child);
    }

    private CamelSagaCoordinator answered(Exchange exchange, LiveSaga ended) {
        SagaContext.bind(exchange, ended);
        return RouteCoordinator.of(
                new EndedCoordinator(ended, true), host.threads().routes());
    }

    private CompletableFuture<Found> look(Child child, LiveSaga parent) {
        Optional<LiveSaga> live = host.live(child.saga());
        if (live.isPresent()) {
            CompletableFuture<Found> found = new CompletableFuture<>();
            takenOver(child.saga()).thenAccept(saga -> found.complete(new Found(saga, null)));
            live.get().ended().whenComplete((state, moved) -> {
                forget(child.saga());
                if (moved == null) {
                    found.complete(new Found(null, state));
                } else if (!found.isDone()) {
                    lookLater(child, parent, found);
                }
            });
            return found;
        }
        return CompletableFuture.supplyAsync(
                        () -> host.read(child.saga()), host.threads().workers())
                .thenCompose(state -> {
                    if (state.status() == SagaStatus.INITIAL || state.status().isTerminal()) {
                        return CompletableFuture.completedFuture(new Found(null, state));
                    }
                    CompletableFuture<Found> found = new CompletableFuture<>();
                    lookLater(child, parent, found);
                    return found;
                });
    }

    private void lookLater(Child child, LiveSaga parent, CompletableFuture<Found> found) {
        host.timers().schedule(NEXT_LOOK, () -> {
            if (parent.isGone()) {
                found.completeExceptionally(
                        new IllegalStateException("Saga %s goes on elsewhere".formatted(parent.id())));
                return;
            }
            look(child, parent).whenComplete((seen, failure) -> {
                if (failure == null) {
                    found.complete(seen);
                } else {
                    found.completeExceptionally(Failures.cause(failure));
                }
            });
        });
    }

    private synchronized CompletableFuture<LiveSaga> takenOver(SagaId child) {
        LiveSaga here = waiting.remove(child);
        return here != null && !here.isGone()
                ? CompletableFuture.completedFuture(here)
                : awaited.computeIfAbsent(child, id -> new CompletableFuture<>());
    }

    /**
     * A saga that is EXECUTING was taken over. One whose parent's route is run again here waits for that route; should it
     * not come, it goes on by itself when the parent has ended.
     *
     * @param alone runs its route by itself
     */
    void resume(LiveSaga child, Runnable alone) {
        SagaId parent = child.state().started().parent();
        Optional<LiveSaga> running = parent == null ? Optional.empty() : host.live(parent);
        CompletableFuture<LiveSaga> asked;
        synchronized (this) {
            asked = awaited.remove(child.id());
            if (asked == null && running.isPresent()) {
                waiting.put(child.id(), child);
            }
        }
        if (asked != null) {
            asked.complete(child);
        } else if (running.isEmpty()) {
            alone.run();
        } else {
            running.get().ended().whenComplete((ended, moved) -> {
                if (remove(child) && !child.isGone()) {
                    alone.run();
                }
            });
            child.ended().whenComplete((ended, moved) -> remove(child));
        }
    }

    private synchronized void forget(SagaId child) {
        awaited.remove(child);
    }

    private synchronized boolean remove(LiveSaga child) {
        return waiting.remove(child.id(), child);
    }

    /** The block of an exchange has ended, and a saga that it began in another one may have failed. */
    static void tell(Exchange exchange, @Nullable String outside) {
        SagaContext context = SagaContext.of(exchange);
        String inside = context.place().longRunningAction();
        if (inside == null
                || outside == null
                || inside.equals(outside)
                || !SagaId.isValid(LongRunningAction.lastOf(outside))) {
            return;
        }
        PresentRun parent = context.run(context.sagaOf(outside));
        SagaId child = context.sagaOf(inside);
        if (parent != null && context.isPartOf(child)) {
            Failures.met(exchange).ifPresent(failure -> parent.brokeOff(child, failure));
        }
    }

    /** The route of the saga has failed, and is to be run again: what it began and what failed with it is begun anew. */
    static void leaveBehind(Exchange exchange, LiveSaga saga) {
        Exception caught = exchange.getProperty(ExchangePropertyKey.EXCEPTION_CAUGHT, Exception.class);
        PresentRun run = Objects.requireNonNull(SagaContext.of(exchange).run(saga.id()));
        saga.recorded().leaveBehind(run.brokenBy(Failures.met(exchange).orElse(null), caught));
    }
}
