package dev.caravan.saga.engine;

import dev.caravan.saga.Printable;
import dev.caravan.saga.SagaId;
import dev.caravan.saga.Step;
import dev.caravan.saga.StepStatus;
import dev.caravan.saga.state.SagaEvent;
import dev.caravan.saga.state.StepCorrection;
import dev.caravan.saga.state.StepResolved;
import dev.caravan.saga.state.StepState;
import dev.caravan.saga.state.StepTold;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/**
 * What a person can do with a saga. Each action is an event in the log, with who did it and why. An instance that does
 * not run the saga writes down what is asked for, and the one that runs it acts on that.
 */
public final class SagaOperator {

    private static final Logger LOGGER = SagaLogger.of(SagaOperator.class);

    private static final String CANCELLED = "Cancelled by ";

    private final SagaHost host;
    private final SagaRequests requests;
    private final StepQuestions questions;

    public SagaOperator(SagaHost host, SagaRequests requests) {
        this.host = host;
        this.requests = requests;
        this.questions = new StepQuestions(requests, host.timers());
    }

    /**
     * Has the compensations of a FAILED saga tried again, or one that is stuck taken over again.
     *
     * @return completes when the log says so; the compensations then run
     * @throws IllegalStateException it is this instance's and not FAILED
     */
    public CompletableFuture<Void> retry(SagaId sagaId, String who, String reason) {
        return retry(sagaId, new SagaEvent.Retry(who, reason, null, null, null));
    }

    /**
     * Has what was given up for one step of a FAILED saga tried again. What else was given up stays that: unless nothing
     * was, the saga is FAILED again afterwards.
     *
     * @return completes when the log says so; the compensation then runs
     * @throws IllegalStateException the saga is this instance's and not FAILED, or nothing was given up for the step
     */
    public CompletableFuture<Void> retry(SagaId sagaId, Step step, String who, String reason) {
        return retry(sagaId, new SagaEvent.Retry(who, reason, null, step, null));
    }

    private CompletableFuture<Void> retry(SagaId sagaId, SagaEvent.Retry event) {
        return mustBeAsked(sagaId) ? requests.ask(sagaId, event) : retry(host, sagaId, event);
    }

    private static CompletableFuture<Void> retry(SagaHost host, SagaId sagaId, SagaEvent.Retry event) {
        LiveSaga saga = event.step() == null ? host.takeover().reopen(sagaId) : reopen(host, sagaId, event.step());
        if (event.correction() != null) {
            Corrections.check(host, saga, event);
        }
        return saga.decide(event).whenComplete((done, failure) -> resumeOrRelease(host, saga, failure));
    }

    static void resumeOrRelease(SagaHost host, LiveSaga saga, @Nullable Throwable failure) {
        if (failure == null) {
            host.recovery().resume(saga);
        } else {
            host.takeover().release(saga.id());
        }
    }

    /**
     * Gives corrected data for what was given up for one step of a FAILED saga, and has it tried again with that; where
     * corrections are {@linkplain CorrectionPolicy#CONFIRMED confirmed}, as soon as a second operator says so. What was done
     * before at a participant is not done again.
     *
     * @param data fields that take the place of the results and options of the same name
     * @return completes when the log says so
     * @throws IllegalArgumentException there is no data
     * @throws IllegalStateException the saga is this instance's and not FAILED, or nothing was given up for the step
     */
    public CompletableFuture<Void> correct(
            SagaId sagaId, Step step, Map<String, Object> data, String who, String reason) {
        if (data.isEmpty()) {
            throw new IllegalArgumentException("There is nothing to correct: the data has no field");
        }
        StepCorrection event = new StepCorrection(step, data, who, reason, null);
        return isElsewhere(sagaId) ? requests.ask(sagaId, event) : Corrections.take(host, sagaId, event);
    }

    /**
     * Has what was given up for one step tried again with the corrected data that was given.
     *
     * @param correction the sequence of its entry: what was given meanwhile is not what is confirmed
     * @return completes when the log says so; the compensation then runs
     * @throws IllegalStateException the saga is this instance's and not FAILED, or the step has not this corrected data, or
     *     a second operator has to confirm it and this is the first
     */
    public CompletableFuture<Void> confirm(SagaId sagaId, Step step, long correction, String who, String reason) {
        return retry(sagaId, new SagaEvent.Retry(who, reason, null, step, correction));
    }

    /**
     * Says that a person has undone by hand what a FAILED saga had left; it is COMPENSATED then.
     *
     * @throws IllegalStateException it is this instance's and not FAILED
     */
    public CompletableFuture<Void> resolve(SagaId sagaId, String who, String reason) {
        SagaEvent.Resolve event = new SagaEvent.Resolve(who, reason, null);
        return isElsewhere(sagaId) ? requests.ask(sagaId, event) : resolve(host, sagaId, event);
    }

    private static CompletableFuture<Void> resolve(SagaHost host, SagaId sagaId, SagaEvent.Resolve event) {
        LiveSaga saga = host.takeover().reopen(sagaId);
        return saga.append(event).whenComplete((done, failure) -> {
            if (failure != null) {
                host.takeover().release(sagaId);
            }
        });
    }

    /**
     * Says that a person has done by hand what was given up for one step of a FAILED saga. When nothing else was given up,
     * the saga ends by that, as by {@link #resolve(SagaId, String, String)}.
     *
     * @param proof what was done, and where it can be seen
     * @return completes when the log says so
     * @throws IllegalStateException the saga is this instance's and not FAILED, or nothing was given up for the step
     */
    public CompletableFuture<Void> resolve(SagaId sagaId, Step step, String who, String proof) {
        StepResolved event = new StepResolved(step, who, proof, null);
        return isElsewhere(sagaId) ? requests.ask(sagaId, event) : resolve(host, sagaId, event);
    }

    private static CompletableFuture<Void> resolve(SagaHost host, SagaId sagaId, StepResolved event) {
        LiveSaga saga = reopen(host, sagaId, event.step());
        Optional<StepState> other = saga.state().steps().stream()
                .filter(step -> step.status().wasGivenUp() && !step.step().equals(event.step()))
                .findFirst();
        if (other.isPresent() && isToBeCompleted(saga, event.step())) {
            host.takeover().release(sagaId);
            throw new IllegalStateException("Saga %s is to complete: see to step %s before %s"
                    .formatted(sagaId, other.get().step(), event.step()));
        }
        CompletableFuture<Void> done = other.isPresent()
                ? saga.decide(event)
                : saga.write(event)
                        .thenCombine(
                                saga.decide(new SagaEvent.Resolve(event.who(), event.reason(), null)),
                                (written, ended) -> null);
        return done.whenComplete((written, failure) -> {
            if (failure != null) {
                host.takeover().release(sagaId);
            }
        });
    }

    private static boolean isToBeCompleted(LiveSaga saga, Step step) {
        return saga.state().step(step).orElseThrow().status() == StepStatus.COMPLETION_FAILED;
    }

    /** @throws IllegalStateException nothing was given up for the step */
    static LiveSaga reopen(SagaHost host, SagaId sagaId, Step step) {
        LiveSaga saga = host.takeover().reopen(sagaId);
        if (saga.state().step(step).filter(known -> known.status().wasGivenUp()).isEmpty()) {
            host.takeover().release(sagaId);
            throw new IllegalStateException(
                    "Saga %s is FAILED, and nothing was given up for step %s".formatted(sagaId, step));
        }
        return saga;
    }

    /** True when the saga is undone because somebody wanted that: nothing went wrong. */
    public static boolean isCancellation(SagaEvent.Fail fail) {
        return fail.step() == null && fail.reason() != null && fail.reason().startsWith(CANCELLED);
    }

    /**
     * Has a running saga undone.
     *
     * @return completes when the log says that it is to be undone
     * @throws IllegalStateException it is this instance's and cannot be undone any more
     */
    public CompletableFuture<Void> cancel(SagaId sagaId, String who, String reason) {
        SagaEvent.Fail cancelled = new SagaEvent.Fail(null, CANCELLED + "%s: %s".formatted(who, reason));
        if (mustBeAsked(sagaId)) {
            return requests.ask(sagaId, cancelled);
        }
        LiveSaga saga =
                host.live(sagaId).orElseThrow(() -> new IllegalStateException("Saga %s has ended".formatted(sagaId)));
        if (!saga.state().allows(cancelled)) {
            throw new IllegalStateException("Saga %s is %s and cannot be cancelled"
                    .formatted(sagaId, saga.state().status()));
        }
        if (host.recovery().isCompleting(saga)) {
            throw new IllegalStateException(
                    "Saga %s is being completed: its coordinator was asked to, and cannot be asked for the opposite"
                            .formatted(sagaId));
        }
        host.recovery().cancel(saga, cancelled);
        return CompletableFuture.completedFuture(null);
    }

    /**
     * Asks the participants what they hold of a step, of a saga of any status. Nothing changes by that; who asked, why, and what
     * was answered is in the log.
     *
     * @param patience how long the first answer is waited for; others may come within a second of it
     * @return what was answered; nothing: it is not known. Fails with {@link IllegalArgumentException} for a saga or a step
     *     that is not known.
     */
    public CompletableFuture<List<StepTold>> ask(
            SagaId sagaId, Step step, String who, String reason, Duration patience) {
        return questions.ask(sagaId, step, who, reason, patience);
    }

    /** One that is stuck runs nowhere: what is asked of it is heard when it is woken by that. */
    private boolean mustBeAsked(SagaId sagaId) {
        return isElsewhere(sagaId) || host.ownership().isStuck(sagaId);
    }

    private boolean isElsewhere(SagaId sagaId) {
        return !host.ownership().owns(sagaId);
    }

    /** Another instance was asked to act on a FAILED saga. What was done meanwhile is not done again. */
    static void request(SagaHost host, SagaId sagaId, SagaEvent.Request request) {
        try {
            if (request.event() instanceof SagaEvent.Retry retry) {
                retry(
                        host,
                        sagaId,
                        new SagaEvent.Retry(
                                retry.who(), retry.reason(), request.id(), retry.step(), retry.correction()));
            } else if (request.event() instanceof StepCorrection correction) {
                Corrections.take(
                        host,
                        sagaId,
                        new StepCorrection(
                                correction.step(),
                                correction.data(),
                                correction.who(),
                                correction.reason(),
                                request.id()));
            } else if (request.event() instanceof SagaEvent.Resolve resolve) {
                resolve(host, sagaId, new SagaEvent.Resolve(resolve.who(), resolve.reason(), request.id()));
            } else if (request.event() instanceof StepResolved resolved) {
                resolve(
                        host,
                        sagaId,
                        new StepResolved(resolved.step(), resolved.who(), resolved.reason(), request.id()));
            } else if (request.event() instanceof SagaEvent.Fail
                    || request.event() instanceof SagaEvent.OfAwaits
                    || request.event() instanceof SagaEvent.Unknown) {
                host.refuse(sagaId, request, "Saga %s is FAILED".formatted(sagaId));
            }
        } catch (IllegalStateException e) {
            LOGGER.warn(
                    "What {} asked of saga {} is not done: {}",
                    Printable.of(request.application()),
                    host.mention(sagaId),
                    Printable.of(e.getMessage()));
            host.refuse(sagaId, request, e.getMessage());
        }
    }
}
