package dev.caravan.saga.camel;

import dev.caravan.saga.Printable;
import dev.caravan.saga.SagaStatus;
import dev.caravan.saga.Step;
import dev.caravan.saga.StepStatus;
import dev.caravan.saga.engine.CallbackWaitsException;
import dev.caravan.saga.engine.LiveSaga;
import dev.caravan.saga.engine.SagaHost;
import dev.caravan.saga.engine.SagaLogger;
import dev.caravan.saga.message.Phase;
import dev.caravan.saga.participant.StepAtWorkException;
import dev.caravan.saga.participant.StepRejectedException;
import dev.caravan.saga.state.CallbackEvents;
import dev.caravan.saga.state.SagaEvent;
import dev.caravan.saga.state.StepState;
import dev.caravan.saga.time.Backoff;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.camel.CamelContext;
import org.slf4j.Logger;

/**
 * Runs the compensation or completion endpoint of a step, again with backoff while it fails, and writes down how it
 * went. No thread is held between two attempts.
 *
 * <p>Asked again for a step whose callback is running, it joins the one that runs. Asked for one that is done, or that
 * took no effect, it is done at once.
 */
public final class StepCallbacks {

    private static final Logger LOGGER = SagaLogger.of(StepCallbacks.class);

    private final CallbackRoutes routes;
    private final SagaHost host;
    private final Backoff compensationBackoff;
    private final Backoff completionBackoff;
    private final Map<Key, CompletableFuture<Void>> running = new ConcurrentHashMap<>();

    /** A saga that is taken over again is another one: what runs for the one before comes to nothing. */
    private record Key(LiveSaga saga, Step step, Phase phase) {}

    /**
     * @param backoff of compensations; completions are retried for ever with its delays, unless the participant refuses
     */
    public StepCallbacks(CamelContext context, SagaHost host, Backoff backoff) {
        this(context, host, backoff, new Backoff(backoff.initial(), backoff.maximum(), 0));
    }

    /** @param completionBackoff when it is used up, the saga stays COMPLETING until it is taken over next */
    public StepCallbacks(CamelContext context, SagaHost host, Backoff backoff, Backoff completionBackoff) {
        this.routes = new CallbackRoutes(context, host.threads().callbacks());
        this.host = host;
        this.compensationBackoff = backoff;
        this.completionBackoff = completionBackoff;
    }

    /** Of compensations. */
    public Backoff backoff() {
        return compensationBackoff;
    }

    /**
     * Compensates a step.
     *
     * @return completes when COMPENSATE_SUCCESS is {@linkplain LiveSaga#note noted}, or nothing had to be undone; fails
     *     with {@link CompensationFailedException} when the attempts are used up, which the log then says
     */
    public CompletableFuture<Void> compensate(LiveSaga saga, Step step) {
        return decided(saga, step, Phase.COMPENSATION).orElseGet(() -> join(saga, step, Phase.COMPENSATION));
    }

    /** Like {@link #compensate}, but it is well, too, when the attempts are used up: the log says so. */
    CompletableFuture<Void> tryToCompensate(LiveSaga saga, Step step) {
        return compensate(saga, step)
                .exceptionallyCompose(failure -> Failures.cause(failure) instanceof CompensationFailedException
                        ? CompletableFuture.completedFuture(null)
                        : CompletableFuture.failedFuture(failure));
    }

    /**
     * Completes a step. The returned future completes when COMPLETE_SUCCESS is {@linkplain LiveSaga#note noted}; it fails
     * with {@link CompletionFailedException} when the participant refuses as often as a compensation would be tried.
     */
    public CompletableFuture<Void> complete(LiveSaga saga, Step step) {
        return decided(saga, step, Phase.COMPLETION).orElseGet(() -> join(saga, step, Phase.COMPLETION));
    }

    /** How the callback went, or that there is none; empty when it has to be run. */
    private static Optional<CompletableFuture<Void>> decided(LiveSaga saga, Step step, Phase phase) {
        StepState state = known(saga, step);
        if (phase == Phase.COMPENSATION && state.status() == StepStatus.COMPENSATION_FAILED) {
            return Optional.of(
                    CompletableFuture.failedFuture(new CompensationFailedException(saga.id(), step, state.error())));
        }
        boolean toBeRun = phase == Phase.COMPENSATION
                ? state.status().needsCompensation() && state.compensation().isPresent()
                : RemainingSteps.isToBeCompleted(state);
        return toBeRun ? Optional.empty() : Optional.of(CompletableFuture.completedFuture(null));
    }

    private static StepState known(LiveSaga saga, Step step) {
        return saga.state()
                .step(step)
                .orElseThrow(() ->
                        new IllegalArgumentException("Saga %s has no step %s in its log".formatted(saga.id(), step)));
    }

    private CompletableFuture<Void> join(LiveSaga saga, Step step, Phase phase) {
        Key key = new Key(saga, step, phase);
        CompletableFuture<Void> mine = new CompletableFuture<>();
        CompletableFuture<Void> first = running.putIfAbsent(key, mine);
        if (first != null) {
            return first;
        }
        mine.whenComplete((done, failure) -> running.remove(key, mine));
        Optional<CompletableFuture<Void>> meanwhile = decided(saga, step, phase); // by one that has just been removed
        if (meanwhile.isPresent()) {
            meanwhile.get().whenComplete((done, failure) -> {
                if (failure == null) {
                    mine.complete(null);
                } else {
                    mine.completeExceptionally(failure);
                }
            });
            return mine;
        }
        attempt(saga, step, phase, new Attempt(1, 0), mine);
        return mine;
    }

    private void attempt(LiveSaga saga, Step step, Phase phase, Attempt attempt, CompletableFuture<Void> done) {
        call(saga, step, phase)
                .thenCompose(called -> saga.note(done(saga, step, phase)))
                .whenComplete((success, failure) -> {
                    if (failure == null) {
                        done.complete(null);
                    } else {
                        Throwable cause = Failures.cause(failure);
                        Attempt next = waits(cause) ? attempt.afterWait() : attempt.afterFailure();
                        Runnable again = () -> attempt(saga, step, phase, next, done);
                        if (waits(cause) && !saga.isGone()) {
                            later(saga, step, phase, next, cause, again);
                        } else {
                            failed(saga, step, phase, attempt.number(), cause, again, done);
                        }
                    }
                });
    }

    /** A step may be undone while its saga goes on: the route went around it. */
    private static SagaEvent done(LiveSaga saga, Step step, Phase phase) {
        boolean goesOn = phase == Phase.COMPENSATION && saga.state().status() != SagaStatus.COMPENSATING;
        return goesOn ? new SagaEvent.StepUndone(step) : CallbackEvents.done(phase, step);
    }

    /**
     * @param number from 1
     * @param waited how often it did not come to act before, which counts for nothing but the delay
     */
    private record Attempt(int number, int waited) {

        Attempt afterFailure() {
            return new Attempt(number + 1, 0);
        }

        Attempt afterWait() {
            return new Attempt(number, waited + 1);
        }
    }

    /** True when the callback did not come to act: what it is to end is still at work. */
    public static boolean waits(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof StepAtWorkException || cause instanceof CallbackWaitsException) {
                return true;
            }
        }
        return false;
    }

    private void later(LiveSaga saga, Step step, Phase phase, Attempt next, Throwable cause, Runnable again) {
        Backoff backoff = phase == Phase.COMPENSATION ? compensationBackoff : completionBackoff;
        LOGGER.debug("Saga {}: {} of step {} waits: {}", saga, phase, step, Printable.of(cause.getMessage()));
        if (next.waited() == 1) {
            saga.append(CallbackEvents.retry(phase, step, next.number() - 1, Failures.text(cause)));
        }
        host.timers().schedule(backoff.delayAfter(next.waited()), again);
    }

    private void failed(
            LiveSaga saga,
            Step step,
            Phase phase,
            int attempt,
            Throwable cause,
            Runnable again,
            CompletableFuture<Void> done) {
        if (saga.isGone()) {
            done.completeExceptionally(cause);
            return;
        }
        Backoff backoff = phase == Phase.COMPENSATION ? compensationBackoff : completionBackoff;
        String error = Failures.text(cause);
        boolean refused = phase == Phase.COMPLETION
                && StepRejectedException.in(cause).isPresent()
                && compensationBackoff.isUsedUp(attempt);
        if (refused || backoff.isUsedUp(attempt)) {
            LOGGER.warn(
                    "Saga {}: {} of step {} is given up after {} attempts: {}",
                    saga,
                    phase,
                    step,
                    attempt,
                    Printable.of(error));
            if (phase == Phase.COMPLETION) {
                done.completeExceptionally(refused ? new CompletionFailedException(saga.id(), step, cause) : cause);
                return;
            }
            saga.append(new SagaEvent.StepCompensateFailed(step, attempt, error, Failures.code(cause)))
                    .whenComplete((written, failure) -> done.completeExceptionally(
                            failure == null ? new CompensationFailedException(saga.id(), step, error) : failure));
            return;
        }
        LOGGER.info(
                "Saga {}: {} of step {} failed (attempt {}), next in {} ms: {}",
                saga,
                phase,
                step,
                attempt,
                backoff.delayAfter(attempt).toMillis(),
                Printable.of(error));
        saga.append(CallbackEvents.retry(phase, step, attempt, error));
        host.timers().schedule(backoff.delayAfter(attempt), again);
    }

    /** A step that another application enlisted is called there. */
    private CompletableFuture<Void> call(LiveSaga saga, Step step, Phase phase) {
        StepState state = known(saga, step);
        return state.enlistment().application() == null
                ? routes.call(saga, state, phase, LongRunningAction.of(saga.state()))
                : saga.calls().call(saga, step, phase);
    }
}
