package dev.caravan.saga.camel;

import dev.caravan.saga.SagaId;
import dev.caravan.saga.SagaStatus;
import dev.caravan.saga.Step;
import dev.caravan.saga.engine.CallbackWaitsException;
import dev.caravan.saga.engine.LiveSaga;
import dev.caravan.saga.engine.OpenSteps.Open;
import dev.caravan.saga.engine.SagaHost;
import dev.caravan.saga.message.Phase;
import dev.caravan.saga.participant.Inbox;
import dev.caravan.saga.participant.StepRejectedException;
import dev.caravan.saga.state.Child;
import dev.caravan.saga.state.SagaEvent;
import dev.caravan.saga.state.SagaState;
import dev.caravan.saga.state.StepState;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;

/**
 * Children that are undone with their parent. Such a child is a step of its parent: when its route has come to its end, it
 * waits, EXECUTING, and what it did can still be undone; the end of the parent completes or compensates it, in the order
 * of the parent's steps, and is not there before the child's. Thread-safe.
 */
final class ChildSteps {

    private static final String ADDRESS = "saga-child:";

    private final SagaHost host;
    private final Decider decider;
    private final Map<SagaId, Open> open = new ConcurrentHashMap<>();

    ChildSteps(SagaHost host, Decider decider) {
        this.host = host;
        this.decider = decider;
    }

    static ChildSteps of(CamelContext context) {
        return context.getCamelContextExtension().getContextPlugin(ChildSteps.class);
    }

    /** True for the compensation and completion of a step that is a child. */
    static boolean isChild(String address) {
        return address.startsWith(ADDRESS);
    }

    /** The child joins its parent, or is found to have. From then on, the parent's end waits for it. */
    CompletableFuture<Void> join(Exchange exchange, LiveSaga parent, Child child) {
        String address = ADDRESS + child.saga().value();
        return Failures.called(() -> SagaBranches.enlist(
                        exchange,
                        parent,
                        new SagaEvent.Enlist(new Step(Steps.nameOfRoute(exchange), 1), address, address, Map.of())))
                .whenComplete((step, failure) -> {
                    if (failure != null) {
                        OtherPaths.waits(exchange, parent, failure);
                    }
                })
                .thenAccept(step -> {
                    BlockRun block = SagaContext.of(exchange).block();
                    if (block != null) {
                        block.begins(parent, step);
                    }
                    open.put(child.saga(), parent.open().command(step, exchange.getExchangeId())); // it ends by itself
                });
    }

    /** The child has ended by itself. One that was undone is a step that took no effect. */
    CompletableFuture<Void> ended(LiveSaga parent, SagaState child) {
        release(child.sagaId());
        Optional<StepState> step = stepOf(parent, child.sagaId());
        if (step.isEmpty() || parent.isGone() || parent.state().status() != SagaStatus.EXECUTING) {
            return CompletableFuture.completedFuture(null);
        }
        Step which = step.get().step();
        return switch (child.status()) {
            case COMPENSATED -> parent.append(new SagaEvent.StepRejected(which, child.name(), null, child.reason()));
            case FAILED ->
                parent.append(new SagaEvent.StepUnknown(which, child.name(), child.reason(), null, null, null, null));
            default -> CompletableFuture.completedFuture(null);
        };
    }

    private void release(SagaId child) {
        Open begun = open.remove(child);
        if (begun != null) {
            begun.end();
        }
    }

    private static Optional<StepState> stepOf(LiveSaga parent, SagaId child) {
        String address = ADDRESS + child.value();
        return parent.state().steps().stream()
                .filter(step -> step.compensation().filter(address::equals).isPresent())
                .findFirst();
    }

    /** The parent whose end the saga waits for when its route has come to its own; empty: it waits for none. */
    Optional<LiveSaga> parentOf(LiveSaga child) {
        SagaId parent = child.state().started().parent();
        return Optional.ofNullable(parent).flatMap(host::live).filter(live -> stepOf(live, child.id())
                .isPresent());
    }

    /** The child's route has come to its end: the parent's log says that the step was done. */
    CompletableFuture<Void> hold(LiveSaga child, LiveSaga parent) {
        StepState step = stepOf(parent, child.id()).orElseThrow();
        String name = child.state().name();
        CompletableFuture<Void> known = step.isAnswered(name)
                ? CompletableFuture.completedFuture(null)
                : parent.append(new SagaEvent.Success(step.step(), name, null));
        return known.whenComplete((done, failure) -> release(child.id()));
    }

    /** Ends the child as its parent is being ended. */
    CompletableFuture<Void> end(LiveSaga parent, String address, Phase phase) {
        SagaId child = new SagaId(address.substring(ADDRESS.length()));
        Optional<LiveSaga> live = host.live(child);
        return live.isPresent()
                ? asked(parent, live.get(), phase).thenAccept(state -> expect(state, phase))
                : CompletableFuture.supplyAsync(
                                () -> host.read(child), host.threads().workers())
                        .thenAccept(state -> expect(state, phase));
    }

    private CompletableFuture<SagaState> asked(LiveSaga parent, LiveSaga child, Phase phase) {
        return phase == Phase.COMPLETION
                ? decider.complete(child, null)
                : decider.compensate(
                        child,
                        new SagaEvent.Fail(
                                null,
                                "It is undone with saga %s: %s"
                                        .formatted(parent.id(), parent.state().reason())));
    }

    /** One that never started, since its parent's instance died before, has nothing to undo. */
    private static void expect(SagaState child, Phase phase) {
        SagaStatus status = child.status();
        boolean done = phase == Phase.COMPLETION
                ? status == SagaStatus.COMPLETED
                : status == SagaStatus.COMPENSATED || status == SagaStatus.INITIAL;
        if (done) {
            return;
        }
        if (!status.isTerminal() && status != SagaStatus.INITIAL) {
            throw new CallbackWaitsException("Saga %s is %s, and not here yet".formatted(child.sagaId(), status));
        }
        String why = "Saga %s %s, which is to end with this one, is %s: %s"
                .formatted(child.name(), child.sagaId(), status, child.reason());
        throw phase == Phase.COMPLETION
                ? new StepRejectedException(Inbox.NOT_DONE, why)
                : new IllegalStateException(why);
    }
}
