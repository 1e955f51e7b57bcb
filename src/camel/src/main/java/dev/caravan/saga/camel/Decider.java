package dev.caravan.saga.camel;

import dev.caravan.saga.Printable;
import dev.caravan.saga.SagaId;
import dev.caravan.saga.SagaStatus;
import dev.caravan.saga.Step;
import dev.caravan.saga.engine.Begun;
import dev.caravan.saga.engine.LiveSaga;
import dev.caravan.saga.engine.SagaHost;
import dev.caravan.saga.engine.SagaLogger;
import dev.caravan.saga.engine.SagaTimers;
import dev.caravan.saga.state.IllegalTransitionException;
import dev.caravan.saga.state.SagaEvent;
import dev.caravan.saga.state.SagaState;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.apache.camel.Exchange;
import org.apache.camel.saga.CamelSagaCoordinator;
import org.apache.camel.saga.CamelSagaStep;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/**
 * Who decides how sagas end: the log, or an LRA coordinator. What does not depend on that is here; a subclass begins sagas,
 * decides, and does what follows. Whoever asks second is told what was decided first. Nothing here blocks.
 */
public abstract class Decider {

    private static final Logger LOGGER = SagaLogger.of(Decider.class);

    private final SagaHost host;
    private final Duration startTimeout;
    private final UnfinishedSteps unfinished;
    private final SagaIds ids;

    /**
     * @param startTimeout how long a saga waits to be started until this instance owns a partition, and for the owner of
     *     its key
     * @param branchTimeout how long the end of a saga waits for branches that still work
     */
    protected Decider(SagaHost host, StepCallbacks callbacks, Duration startTimeout, Duration branchTimeout) {
        this(host, callbacks, new SagaIds(sagaId -> host.ownership().owns(sagaId)), startTimeout, branchTimeout);
    }

    Decider(SagaHost host, StepCallbacks callbacks, SagaIds ids, Duration startTimeout, Duration branchTimeout) {
        this.host = host;
        this.ids = ids;
        this.startTimeout = startTimeout;
        this.unfinished = new UnfinishedSteps(callbacks, host, branchTimeout);
    }

    /**
     * Reserves the id of a saga, in a partition that this instance owns.
     *
     * @param timeLimit of the saga, in ms; 0: none
     * @param wanted what the id has to be beside
     * @return what the saga will carry as {@code Long-Running-Action}
     */
    protected abstract CompletableFuture<String> reserve(long timeLimit, Predicate<SagaId> wanted);

    /** What the saga was to carry that was reserved before a crash and not started; empty: another one is reserved. */
    protected abstract Optional<String> again(SagaId reserved);

    /**
     * Starts a saga that was reserved.
     *
     * @param message the exchange's, as the route gets it after a crash
     * @param parent the saga in whose route it begins; {@code null}: none
     */
    protected abstract CompletableFuture<LiveSaga> start(
            String longRunningAction, Exchange exchange, KeptMessage message, @Nullable SagaId parent);

    /** Starts the one saga of a key, or says which it is. The owner of the key's partition does so, in every mode. */
    final CompletableFuture<Begun> startOnce(String key, Exchange exchange, KeptMessage message, @Nullable Instant at) {
        SagaEvent.Start start = SagaStart.event(host, null, key, exchange, message, null, at);
        return SagaStart.whenReady(host, startTimeout)
                .thenCompose(ready -> host.keys().start(start, startTimeout));
    }

    /** Writes down a saga that begins later; who decides how it ends hears of it then. */
    final CompletableFuture<LiveSaga> startLater(Exchange exchange, KeptMessage message, @Nullable Instant at) {
        SagaEvent.Start start = SagaStart.event(
                host,
                null,
                StartKeyOf.declared(exchange),
                exchange,
                message,
                null,
                at == null ? host.timers().clock().instant() : at);
        return SagaStart.whenReady(host, startTimeout).thenCompose(ready -> host.start(ids.next(id -> true), start));
    }

    /**
     * A saga that is asked for by an exchange of none of its runs, and that is not in the memory of this instance.
     *
     * @param here the coordinator of a saga that runs here
     * @return what is asked of it instead; fails when it cannot be found
     */
    protected abstract CompletableFuture<CamelSagaCoordinator> elsewhere(
            String longRunningAction, Function<LiveSaga, CamelSagaCoordinator> here);

    /**
     * Lets a step join.
     *
     * @param startLimit for the block that starts the saga: the time limit with which it was started, in ms; empty for
     *     one that joins it
     * @param enlist writes the time limit and the enlistment down, and says which step it is, if it is one
     */
    protected abstract CompletableFuture<Void> begin(
            LiveSaga saga,
            CamelSagaStep step,
            OptionalLong startLimit,
            Supplier<CompletableFuture<Optional<Step>>> enlist);

    /** Has the saga completed, of which nothing is in doubt, to the end; fails when it cannot be ended now. */
    protected abstract CompletableFuture<?> toComplete(LiveSaga saga);

    /** Like {@link #toComplete}, but completes when it is decided, and fails when it was decided otherwise. */
    protected abstract CompletableFuture<Void> askToComplete(LiveSaga saga);

    /** Has the saga undone, to the end; fails when it cannot be ended now. */
    protected abstract CompletableFuture<?> toCompensate(LiveSaga saga, SagaEvent reason);

    /**
     * Has the saga undone.
     *
     * @param reason FAIL or TIMEOUT
     * @param asking the exchange that asks for it; {@code null}: none. What it has done in an open transaction holds locks:
     *     nothing is waited for that would wait for those
     * @return completes when that is decided; fails when it was decided otherwise
     */
    protected abstract CompletableFuture<Void> askToCompensate(
            LiveSaga saga, SagaEvent reason, @Nullable Exchange asking);

    /**
     * Has the saga undone because it is in doubt whether a step was done before a crash.
     *
     * @return completes when that is decided, or later if nothing of the exchange has to be waited for
     */
    protected abstract CompletableFuture<Void> undo(LiveSaga saga, SagaEvent reason, Exchange asking);

    /** Goes on with a saga that was taken over and is COMPLETING or COMPENSATING. */
    protected abstract void finish(LiveSaga saga);

    /**
     * Goes on with a saga that was taken over and is EXECUTING, if its end is not its own.
     *
     * @return false: its route is to be run again
     */
    protected boolean follows(LiveSaga saga) {
        return false;
    }

    /** Has the route run again of a saga that was taken over and is EXECUTING, unless its end was asked for before. */
    protected void goOn(LiveSaga saga, Runnable route) {
        route.run();
    }

    /** True when it was asked that the saga completes, and it is not known yet what became of that: it cannot be undone. */
    protected boolean isCompleting(LiveSaga saga) {
        return false;
    }

    /** Undoes what a block that is entered again left in doubt before. */
    final CompletableFuture<Void> beforeAgain(LiveSaga saga, SagaEnlistment again) {
        return unfinished.beforeAgain(saga, again.asked());
    }

    /**
     * Waits for what the saga has begun, and undoes what its route went around.
     *
     * @param ending the exchange that has come to its end
     * @return empty when the saga may complete; otherwise the FAIL for which it is to be undone
     */
    final CompletableFuture<Optional<SagaEvent>> settle(LiveSaga saga, Exchange ending) {
        return unfinished.end(saga, ending);
    }

    /**
     * Has the saga completed, once nothing is in doubt any more; it may turn out that it cannot complete, and is undone.
     *
     * @param ending the exchange that asks for it; {@code null}: none
     * @return completes when that is decided; fails when it was decided otherwise
     */
    final CompletableFuture<Void> askToComplete(LiveSaga saga, @Nullable Exchange ending) {
        CompletableFuture<Optional<SagaEvent>> settled = Failures.called(() -> unfinished.end(saga, ending));
        settled.whenComplete((failed, failure) -> notNow(saga, failure));
        return settled.thenCompose(failed ->
                failed.map(reason -> askToCompensate(saga, reason, null)).orElseGet(() -> askToComplete(saga)));
    }

    /**
     * Like {@link #askToComplete(LiveSaga, Exchange)}, to the end.
     *
     * @return completes when the saga has ended, in whatever way; fails when it cannot be ended now
     */
    final CompletableFuture<SagaState> complete(LiveSaga saga, @Nullable Exchange ending) {
        return endOf(
                saga,
                Failures.called(() -> unfinished.end(saga, ending))
                        .thenCompose(failed -> failed.<CompletableFuture<?>>map(reason -> toCompensate(saga, reason))
                                .orElseGet(() -> toComplete(saga))));
    }

    /**
     * Like {@link #askToCompensate}, to the end.
     *
     * @return completes when the saga has ended, in whatever way; fails when it cannot be ended now
     */
    final CompletableFuture<SagaState> compensate(LiveSaga saga, SagaEvent reason) {
        return endOf(saga, toCompensate(saga, reason));
    }

    /**
     * Has the saga undone when its deadline passes, if it is EXECUTING then and not past its pivot.
     *
     * @return true when it has passed already: the saga is being undone
     */
    final boolean watchDeadline(LiveSaga saga) {
        return !saga.state().passedPivot()
                && SagaTimers.atDeadline(saga, host.timers(), () -> {
                    if (saga.state().status() == SagaStatus.EXECUTING
                            && !saga.state().passedPivot()) {
                        compensate(
                                saga,
                                new SagaEvent.Timeout(
                                        null,
                                        "The saga did not end before "
                                                + saga.state().deadline()));
                    }
                });
    }

    /** A decision that came second is none: who asked for it learns how the saga ended. */
    private static CompletableFuture<SagaState> endOf(LiveSaga saga, CompletableFuture<?> asked) {
        CompletableFuture<SagaState> ended = saga.ended().copy();
        asked.whenComplete((done, failure) -> {
            if (failure != null && !isSecond(failure)) {
                ended.completeExceptionally(Failures.cause(failure));
                notNow(saga, failure);
            }
        });
        return ended;
    }

    /**
     * What could not be finished now is finished by who takes the saga over next, or has it already.
     *
     * @param failure {@code null}: there is none
     */
    protected static void notNow(LiveSaga saga, Throwable failure) {
        if (failure != null && !isSecond(failure) && !saga.isGone()) {
            LOGGER.warn("Saga {} could not be ended now: {}", saga, Printable.of(Failures.text(failure)));
        }
    }

    private static boolean isSecond(Throwable failure) {
        return Failures.cause(failure) instanceof IllegalTransitionException;
    }
}
