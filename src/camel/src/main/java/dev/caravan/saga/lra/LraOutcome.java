package dev.caravan.saga.lra;

import dev.caravan.saga.Printable;
import dev.caravan.saga.SagaStatus;
import dev.caravan.saga.Step;
import dev.caravan.saga.camel.Failures;
import dev.caravan.saga.camel.RemainingSteps;
import dev.caravan.saga.engine.LiveSaga;
import dev.caravan.saga.engine.SagaHost;
import dev.caravan.saga.engine.SagaLogger;
import dev.caravan.saga.engine.SagaTimers;
import dev.caravan.saga.lra.LraClient.Lra;
import dev.caravan.saga.message.Phase;
import dev.caravan.saga.state.IllegalTransitionException;
import dev.caravan.saga.state.SagaEvent;
import dev.caravan.saga.state.SagaState;
import dev.caravan.saga.state.Transition;
import dev.caravan.saga.time.Backoff;
import dev.caravan.saga.time.Timers;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.slf4j.Logger;

/**
 * Asks the coordinator to end an LRA, finds out how it ended, and writes that into the saga's log. Goes on asking,
 * without holding a thread, until the coordinator has answered and is done.
 */
final class LraOutcome {

    private static final Logger LOGGER = SagaLogger.of(LraOutcome.class);

    /** Stands for the participants of other applications, of which the saga log knows nothing. */
    private static final Step OTHERS = new Step("OTHER_PARTICIPANTS", 1);

    private final LraClient client;
    private final RemainingSteps steps;
    private final SagaHost host;
    private final Timers timers;
    private final Backoff backoff;
    private final Map<LiveSaga, Asked> watched = new ConcurrentHashMap<>();
    private final Map<LiveSaga, CompletableFuture<Void>> deciding = new ConcurrentHashMap<>();

    /** What the coordinator was asked for; an answer may be lost, and what was asked cannot be taken back. */
    private enum Asked {
        NOTHING,
        CLOSE,
        CANCEL
    }

    /** @param backoff between two requests; its attempts are not counted */
    LraOutcome(LraClient client, RemainingSteps steps, SagaHost host, Backoff backoff) {
        this.client = client;
        this.steps = steps;
        this.host = host;
        this.timers = host.timers();
        this.backoff = backoff;
    }

    /** The coordinator undoes a saga without knowing whether branches of its route are at work. */
    CompletableFuture<Void> afterBranches(LiveSaga saga) {
        return steps.afterBranches(saga);
    }

    /** One that is to be undone, as the log says, is not closed any more: its steps would be completed. */
    CompletableFuture<SagaState> close(LiveSaga saga) {
        return saga.state().status() == SagaStatus.COMPENSATING
                ? saga.ended()
                : end(saga, Asked.CLOSE, () -> client.close(Lra.of(saga)));
    }

    CompletableFuture<SagaState> cancel(LiveSaga saga) {
        return end(saga, Asked.CANCEL, () -> client.cancel(Lra.of(saga)));
    }

    /** True from the first request to close on, however often it has to be repeated, until the saga has ended. */
    boolean isAskedToClose(LiveSaga saga) {
        return watched.get(saga) == Asked.CLOSE;
    }

    /**
     * Cancels for a reason, which is written down first and read back: an instance that was frozen while another one
     * went on with the saga learns of that before it does any harm. If it was asked to close it, here or by the
     * instance that ran it before, that counts: it cannot be taken back, and the steps may have been completed.
     */
    CompletableFuture<SagaState> cancel(LiveSaga saga, SagaEvent reason) {
        if (isAskedToClose(saga)) {
            return saga.ended();
        }
        if (saga.state().epoch() == 0) {
            return decideIfAllowed(saga, reason).thenCompose(done -> cancel(saga));
        }
        return end(saga, Asked.CANCEL, () -> client.status(Lra.of(saga))
                .thenCompose(status -> status.isClose()
                        ? CompletableFuture.completedFuture(status)
                        : decideIfAllowed(saga, reason).thenCompose(done -> client.cancel(Lra.of(saga)))));
    }

    /** Who asks second, while the first decision has yet to be read back, waits for that: somebody else may have the saga. */
    private CompletableFuture<Void> decideIfAllowed(LiveSaga saga, SagaEvent event) {
        if (!host.ownership().isReadBack()) {
            return saga.appendIfAllowed(event);
        }
        if (!saga.state().allows(event)) {
            return deciding.getOrDefault(saga, CompletableFuture.completedFuture(null));
        }
        CompletableFuture<Void> decided = new CompletableFuture<>();
        CompletableFuture<Void> first = deciding.putIfAbsent(saga, decided);
        if (first != null) {
            return first;
        }
        saga.decide(event).whenComplete((done, failure) -> {
            deciding.remove(saga, decided);
            if (failure == null) {
                decided.complete(null);
            } else {
                decided.completeExceptionally(Failures.cause(failure));
            }
        });
        return decided;
    }

    /**
     * For an event that asks for the end, whose route must not wait for it.
     *
     * @return completes when the coordinator has decided
     */
    CompletableFuture<Void> askToClose(LiveSaga saga) {
        return saga.state().status() == SagaStatus.COMPENSATING
                ? CompletableFuture.failedFuture(
                        new IllegalTransitionException(saga.id(), SagaStatus.COMPENSATING, Transition.CLOSE))
                : client.close(Lra.of(saga)).thenAccept(status -> close(saga));
    }

    /** @return completes when the log says that the saga is to be undone, if it is not being ended already */
    CompletableFuture<Void> askToCancel(LiveSaga saga, SagaEvent reason) {
        if (isAskedToClose(saga)) {
            return CompletableFuture.failedFuture(
                    new IllegalStateException("Saga %s is being completed".formatted(saga.id())));
        }
        return Failures.asFuture(() -> decideIfAllowed(saga, reason)).thenRun(() -> {
            if (saga.state().status() == SagaStatus.COMPENSATING) {
                cancel(saga);
            }
        });
    }

    /** For an LRA that somebody else ends. */
    CompletableFuture<SagaState> watch(LiveSaga saga) {
        return end(saga, Asked.NOTHING, () -> client.status(Lra.of(saga)));
    }

    /** The coordinator says how the LRA ended: nobody has to ask any more. */
    CompletableFuture<SagaState> ended(LiveSaga saga, LraStatus status) {
        conclude(saga, status);
        return saga.ended();
    }

    /**
     * A step is done that the coordinator was told to wait for. It hears of that now and not at its next look: asking
     * again for what it was asked changes nothing else.
     */
    void tellThatAStepIsDone(LiveSaga saga) {
        boolean undone = saga.state().status() == SagaStatus.COMPENSATING;
        tellThatAStepIsDone(saga.state(), undone ? Phase.COMPENSATION : Phase.COMPLETION)
                .thenAccept(status -> status.filter(known -> !known.isOpen()).ifPresent(end -> conclude(saga, end)));
    }

    /**
     * The same, for a step with which this application takes part in a saga that runs elsewhere.
     *
     * @param phase what the coordinator had the step called for, and so what it was asked for itself
     * @return empty: it did not answer
     */
    CompletableFuture<Optional<LraStatus>> tellThatAStepIsDone(SagaState saga, Phase phase) {
        Lra lra = new Lra(Objects.requireNonNull(saga.started().coordinator()));
        return (phase == Phase.COMPENSATION ? client.cancel(lra) : client.close(lra))
                .thenApply(Optional::of)
                .exceptionally(failure -> {
                    LOGGER.debug(
                            "Saga {}: the coordinator finds out later: {}", saga, Printable.of(Failures.text(failure)));
                    return Optional.empty();
                });
    }

    /** @return completes when the saga's end is in the log; who asks second joins who asked first, if that asked at all */
    private CompletableFuture<SagaState> end(
            LiveSaga saga, Asked asked, Supplier<CompletableFuture<LraStatus>> request) {
        Asked first = watched.putIfAbsent(saga, asked);
        if (first == null) {
            saga.ended().whenComplete((state, failure) -> watched.remove(saga));
            attempt(saga, request, 1);
        } else if (asked != Asked.NOTHING && watched.replace(saga, Asked.NOTHING, asked)) {
            attempt(saga, request, 1);
        }
        return saga.ended();
    }

    private void attempt(LiveSaga saga, Supplier<CompletableFuture<LraStatus>> request, int attempt) {
        Failures.asFuture(request::get).whenComplete((status, failure) -> {
            if (saga.isGone() || saga.ended().isDone()) {
                watched.remove(saga);
            } else if (failure != null) {
                LOGGER.warn(
                        "Saga {}: the LRA coordinator is asked again in {} ms: {}",
                        saga,
                        backoff.delayAfter(attempt).toMillis(),
                        Printable.of(Failures.text(failure)));
                SagaTimers.later(saga, timers, backoff.delayAfter(attempt), () -> attempt(saga, request, attempt + 1));
            } else if (status.isOpen()) {
                help(saga, status);
                SagaTimers.later(
                        saga,
                        timers,
                        backoff.delayAfter(attempt),
                        () -> attempt(saga, () -> client.status(Lra.of(saga)), attempt + 1));
            } else {
                conclude(saga, status);
            }
        });
    }

    /**
     * A coordinator that was told 202 by an instance that died since waits for it: the steps are ended from here, too.
     */
    private void help(LiveSaga saga, LraStatus status) {
        if (status == LraStatus.Cancelling) {
            decideIfAllowed(saga, cancelled()).thenCompose(decided -> steps.compensate(saga));
        } else if (status == LraStatus.Closing) {
            steps.complete(saga).thenAccept(end -> {
                if (end instanceof SagaEvent.CompleteFail) {
                    saga.appendIfAllowed(end);
                }
            });
        }
    }

    /** The coordinator is done. It may not have known of a step whose join failed: that one is ended from here. */
    private void conclude(LiveSaga saga, LraStatus status) {
        if (status.isClose() && saga.state().status() == SagaStatus.COMPENSATING) {
            decideIfAllowed(saga, closedAgainstTheLog(saga));
        } else if (isCancelled(saga, status)) {
            decideIfAllowed(saga, cancelled())
                    .thenCompose(decided -> steps.compensate(saga))
                    .thenApply(end -> status == LraStatus.FailedToCancel ? othersFailed(saga, end) : end)
                    .thenCompose(saga::append);
        } else {
            if (status == LraStatus.FailedToClose) {
                LOGGER.warn(
                        "Saga {}: a participant of LRA {} could not be completed",
                        saga,
                        Printable.of(saga.state().started().coordinator()));
            }
            steps.complete(saga).thenCompose(saga::append);
        }
    }

    /** The coordinator does not say what failed, and says so for good, also when a step that failed is undone since. */
    private static SagaEvent othersFailed(LiveSaga saga, SagaEvent end) {
        return end instanceof SagaEvent.CompensateComplete
                ? new SagaEvent.CompensateFail(
                        OTHERS,
                        ("All steps of this application are undone, but LRA %s has failed: a participant of another"
                                        + " application, or a step that is undone since. Resolve the saga when nothing is left elsewhere")
                                .formatted(saga.state().started().coordinator()))
                : end;
    }

    /** Somebody else had it closed in between: what the steps did is final, and nothing may be undone by itself. */
    private static SagaEvent closedAgainstTheLog(LiveSaga saga) {
        return new SagaEvent.CompensateFail(
                OTHERS,
                "It was to be undone, but LRA %s was closed before: its steps were completed. Look at each of them"
                        .formatted(saga.state().started().coordinator()));
    }

    private static SagaEvent cancelled() {
        return new SagaEvent.Timeout(null, "The LRA coordinator cancelled it");
    }

    /** An LRA that is gone has told a step's callback how it ended: what is EXECUTING yet had none, or the LRA was lost. */
    private static boolean isCancelled(LiveSaga saga, LraStatus status) {
        SagaStatus now = saga.state().status();
        return status == LraStatus.Cancelled
                || status == LraStatus.FailedToCancel
                || now == SagaStatus.COMPENSATING
                || status == LraStatus.Gone && now == SagaStatus.EXECUTING && hasCallbacks(saga);
    }

    private static boolean hasCallbacks(LiveSaga saga) {
        return saga.state().steps().stream().anyMatch(LraLinks::isCalledBack);
    }
}
