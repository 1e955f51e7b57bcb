package dev.caravan.saga.lra;

import dev.caravan.saga.Printable;
import dev.caravan.saga.SagaId;
import dev.caravan.saga.SagaStatus;
import dev.caravan.saga.Step;
import dev.caravan.saga.camel.CompensationFailedException;
import dev.caravan.saga.camel.CompletionFailedException;
import dev.caravan.saga.camel.Failures;
import dev.caravan.saga.camel.StepCallbacks;
import dev.caravan.saga.engine.LiveSaga;
import dev.caravan.saga.engine.SagaHost;
import dev.caravan.saga.engine.SagaLogger;
import dev.caravan.saga.lra.CallbackToken.Enlistment;
import dev.caravan.saga.lra.CallbackToken.Verb;
import dev.caravan.saga.message.Phase;
import dev.caravan.saga.state.SagaEvent;
import dev.caravan.saga.state.SagaState;
import dev.caravan.saga.state.StepState;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/**
 * The coordinator's calls to the steps of this application. No call holds a thread.
 *
 * <p>A callback that this application did not sign, or signed for another verb, is refused with 403 and changes nothing. A compensation that is not
 * done in time is answered 202 and goes on; the coordinator then asks the status resource. A second call for the same
 * step joins the first. After a restart the saga is read from its log.
 */
public final class LraCallbacks {

    private static final Logger LOGGER = SagaLogger.of(LraCallbacks.class);

    private final SagaHost host;
    private final StepCallbacks callbacks;
    private final LraOutcome outcome;
    private final CallbackToken tokens;
    private final LraLinks links;
    private final Duration timeout;
    private final EnlistedLraCallbacks enlisted;

    /** @param timeout how long a call waits before it is answered 202; below the coordinator's time-out */
    LraCallbacks(
            SagaHost host,
            StepCallbacks callbacks,
            EnlistedLraCallbacks enlisted,
            LraOutcome outcome,
            CallbackToken tokens,
            LraLinks links,
            Duration timeout) {
        this.host = host;
        this.callbacks = callbacks;
        this.enlisted = enlisted;
        this.outcome = outcome;
        this.tokens = tokens;
        this.links = links;
        this.timeout = timeout;
    }

    /**
     * An answer to the coordinator.
     *
     * @param body a participant status of MicroProfile LRA, or why it was refused
     * @param location the status resource, with a 202; otherwise {@code null}
     */
    public record Answer(int status, String body, @Nullable String location) {
        static Answer of(int status, String body) {
            return new Answer(status, body, null);
        }
    }

    /** {@code PUT compensate}. */
    public CompletableFuture<Answer> compensate(String token) {
        return answer(token, Verb.COMPENSATE, "Compensat", Phase.COMPENSATION, this::compensate);
    }

    /** {@code PUT complete}. */
    public CompletableFuture<Answer> complete(String token) {
        return answer(token, Verb.COMPLETE, "Complet", Phase.COMPLETION, this::complete);
    }

    /** {@code GET status}. */
    public CompletableFuture<Answer> status(String token) {
        Optional<Enlistment> enlistment = tokens.read(Verb.STATUS, token);
        if (enlistment.isEmpty()) {
            return CompletableFuture.completedFuture(forbidden());
        }
        return CompletableFuture.supplyAsync(
                () -> {
                    Enlistment known = enlistment.get();
                    SagaState state =
                            host.live(known.sagaId()).map(LiveSaga::state).orElseGet(() -> host.read(known.sagaId()));
                    return Answer.of(200, ParticipantStatus.of(state, known));
                },
                host.threads().workers());
    }

    /**
     * {@code PUT after}: how the LRA ended. Answered 200 when the saga's end is in the log; until then the coordinator
     * asks again, also when this process was down at that time.
     */
    public CompletableFuture<Answer> after(String token, String status) {
        Optional<Enlistment> enlistment = tokens.read(Verb.AFTER, token);
        if (enlistment.isEmpty()) {
            LOGGER.warn("Refused a callback that this application did not sign");
            return CompletableFuture.completedFuture(forbidden());
        }
        Optional<LraStatus> end = LraStatus.of(status).filter(known -> !known.isOpen());
        if (end.isEmpty()) {
            return CompletableFuture.completedFuture(Answer.of(400, "The body has to be the final status of the LRA"));
        }
        CompletableFuture<Answer> answer = host.find(enlistment.get().sagaId())
                .thenCompose(saga -> saga.map(live -> outcome.ended(live, end.get()))
                        .orElseGet(() -> CompletableFuture.completedFuture(null)))
                .thenApply(ended -> Answer.of(200, ""))
                .exceptionallyCompose(failure -> endedElsewhere(enlistment.get(), failure))
                .exceptionally(failure -> failed(enlistment.get(), failure));
        inTime(answer, () -> answer.complete(Answer.of(503, "Try again")));
        return answer;
    }

    /** The saga is another instance's now, which may have learned its end already. */
    private CompletableFuture<Answer> endedElsewhere(Enlistment enlistment, Throwable failure) {
        return CompletableFuture.supplyAsync(
                () -> host.read(enlistment.sagaId()).status().isTerminal()
                        ? Answer.of(200, "")
                        : failed(enlistment, failure),
                host.threads().workers());
    }

    private void inTime(CompletableFuture<Answer> answer, Runnable otherwise) {
        Runnable cancel = host.timers().schedule(timeout, otherwise);
        answer.whenComplete((answered, failure) -> cancel.run());
    }

    private interface Callback {
        CompletableFuture<Void> run(LiveSaga saga, Enlistment enlistment);
    }

    private CompletableFuture<Answer> answer(String token, Verb verb, String word, Phase phase, Callback callback) {
        Optional<Enlistment> enlistment = tokens.read(verb, token);
        if (enlistment.isEmpty()) {
            LOGGER.warn("Refused a callback that this application did not sign");
            return CompletableFuture.completedFuture(forbidden());
        }
        String done = word + "ed";
        SagaId sagaId = enlistment.get().sagaId();
        CompletableFuture<Optional<SagaState>> elsewhere = elsewhere(enlistment.get());
        CompletableFuture<Answer> end = elsewhere
                .thenCompose(found -> found.map(saga ->
                                enlisted.run(saga, enlistment.get(), phase).thenApply(ran -> Answer.of(200, done)))
                        .orElseGet(() -> here(enlistment.get(), done, callback)))
                .exceptionally(failure -> failed(enlistment.get(), failure));
        CompletableFuture<Answer> answer = end.copy();
        inTime(answer, () -> {
            if (answer.complete(new Answer(
                    202, word + "ing", links.status(sagaId, enlistment.get().step())))) {
                end.thenCombine(elsewhere, (ended, saga) -> saga).thenAccept(saga -> host.live(sagaId)
                        .ifPresentOrElse(
                                outcome::tellThatAStepIsDone,
                                () -> saga.ifPresent(other -> outcome.tellThatAStepIsDone(other, phase))));
            }
        });
        return answer;
    }

    private CompletableFuture<Optional<SagaState>> elsewhere(Enlistment enlistment) {
        return enlisted == null || host.live(enlistment.sagaId()).isPresent()
                ? CompletableFuture.completedFuture(Optional.empty())
                : CompletableFuture.supplyAsync(
                        () -> enlisted.find(enlistment), host.threads().workers());
    }

    private CompletableFuture<Answer> here(Enlistment enlistment, String done, Callback callback) {
        return host.find(enlistment.sagaId())
                .thenCompose(saga -> saga.isEmpty()
                        ? ended(enlistment, done)
                        : run(callback, saga.get(), enlistment).thenApply(ran -> Answer.of(200, done)))
                .exceptionallyCompose(failure -> doneElsewhere(enlistment, done, failure));
    }

    /**
     * The saga is another instance's now, which ends its steps by itself when it finds that the LRA ends. The coordinator goes
     * on calling here, and has to be told when the step is done.
     */
    private CompletableFuture<Answer> doneElsewhere(Enlistment enlistment, String done, Throwable failure) {
        return host.ownership().owns(enlistment.sagaId())
                ? CompletableFuture.failedFuture(failure)
                : CompletableFuture.supplyAsync(
                        () -> {
                            SagaState state = host.read(enlistment.sagaId());
                            String status = ParticipantStatus.of(state, enlistment);
                            boolean isDone = state.status() != SagaStatus.INITIAL
                                    && state.status() != SagaStatus.EXECUTING
                                    && (status.equals(done) || ParticipantStatus.isFailure(status));
                            return isDone || state.status().isTerminal() ? answer(status) : failed(enlistment, failure);
                        },
                        host.threads().workers());
    }

    private static Answer answer(String status) {
        return Answer.of(status.equals(ParticipantStatus.FAILED_TO_COMPENSATE) ? 500 : 200, status);
    }

    private static CompletableFuture<Void> run(Callback callback, LiveSaga saga, Enlistment enlistment) {
        return notEnlisted(saga, enlistment) ? CompletableFuture.completedFuture(null) : callback.run(saga, enlistment);
    }

    /** Nothing is done any more for a saga that has ended; a coordinator that asks again is told what the log says. */
    private CompletableFuture<Answer> ended(Enlistment enlistment, String done) {
        return CompletableFuture.supplyAsync(
                () -> {
                    SagaState state = host.read(enlistment.sagaId());
                    String status =
                            state.status() == SagaStatus.INITIAL ? done : ParticipantStatus.of(state, enlistment);
                    return answer(status);
                },
                host.threads().workers());
    }

    /** The step joined the LRA, but its enlistment never was in the log: nothing was sent on its behalf. */
    private static boolean notEnlisted(LiveSaga saga, Enlistment enlistment) {
        return saga.state().step(enlistment.step()).isEmpty();
    }

    private CompletableFuture<Void> compensate(LiveSaga saga, Enlistment enlistment) {
        saga.appendIfAllowed(new SagaEvent.Timeout(null, "The LRA coordinator cancelled it"));
        if (saga.state().status() != SagaStatus.COMPENSATING) {
            return CompletableFuture.failedFuture(new IllegalStateException("Saga %s is %s and cannot be compensated"
                    .formatted(saga.id(), saga.state().status())));
        }
        return afterLaterSteps(saga, enlistment.step())
                .thenCompose(done -> callbacks.compensate(saga, enlistment.step()))
                .whenComplete((done, failure) -> outcome.watch(saga));
    }

    /**
     * The coordinator goes on to the next step after an answer 202; here it waits until the later ones are undone, and
     * before those for what is at work.
     */
    private CompletableFuture<Void> afterLaterSteps(LiveSaga saga, Step step) {
        List<Step> steps = new ArrayList<>(
                saga.state().steps().stream().map(StepState::step).toList());
        Collections.reverse(steps);
        CompletableFuture<Void> undone = outcome.afterBranches(saga);
        for (Step later : steps.subList(0, steps.indexOf(step))) {
            undone = undone.thenCompose(done -> callbacks
                    .compensate(saga, later)
                    .exceptionally(givenUp -> null)); // the log names it, and the others are undone all the same
        }
        return undone;
    }

    private CompletableFuture<Void> complete(LiveSaga saga, Enlistment enlistment) {
        return saga.appendIfAllowed(new SagaEvent.Close())
                .thenCompose(done -> saga.state().status() == SagaStatus.COMPLETING
                        ? callbacks.complete(saga, enlistment.step())
                        : CompletableFuture.failedFuture(
                                new IllegalStateException("Saga %s is %s and cannot be completed"
                                        .formatted(saga.id(), saga.state().status()))))
                .whenComplete((done, failure) -> outcome.watch(saga));
    }

    private static Answer forbidden() {
        return Answer.of(403, "This application did not sign the callback");
    }

    private Answer failed(Enlistment enlistment, Throwable failure) {
        Throwable cause = Failures.cause(failure);
        if (cause instanceof CompensationFailedException) {
            return Answer.of(500, ParticipantStatus.FAILED_TO_COMPENSATE);
        }
        if (cause instanceof CompletionFailedException) {
            return Answer.of(500, ParticipantStatus.FAILED_TO_COMPLETE);
        }
        LOGGER.warn(
                "A callback of the LRA coordinator failed for step {} of saga {} and will come again: {}",
                enlistment.step(),
                host.mention(enlistment.sagaId()),
                Printable.of(Failures.text(cause)));
        return Answer.of(503, "Try again");
    }
}
