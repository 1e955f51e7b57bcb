package dev.caravan.saga.lra;

import dev.caravan.saga.camel.CompensationFailedException;
import dev.caravan.saga.camel.CompletionFailedException;
import dev.caravan.saga.camel.EnlistedCallbacks;
import dev.caravan.saga.camel.Failures;
import dev.caravan.saga.camel.LongRunningAction;
import dev.caravan.saga.camel.StepCallbacks;
import dev.caravan.saga.engine.SagaHost;
import dev.caravan.saga.engine.SagaRequests;
import dev.caravan.saga.lra.CallbackToken.Enlistment;
import dev.caravan.saga.message.Phase;
import dev.caravan.saga.participant.StepRejectedException;
import dev.caravan.saga.state.CallbackEvents;
import dev.caravan.saga.state.SagaEvent;
import dev.caravan.saga.state.SagaState;
import dev.caravan.saga.time.Backoff;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;

/** Callbacks of steps with which this application takes part in sagas that run elsewhere. What becomes of them is told in the log. */
final class EnlistedLraCallbacks {

    private final SagaHost host;
    private final SagaRequests requests;
    private final EnlistedCallbacks steps;
    private final Backoff backoff;
    private final Map<Enlistment, Integer> failures = new ConcurrentHashMap<>();

    /**
     * @param backoff says after how many attempts a compensation is given up, and a completion that is refused; when it is
     *     tried again, the coordinator says
     */
    EnlistedLraCallbacks(SagaHost host, EnlistedCallbacks steps, Backoff backoff) {
        this.host = host;
        this.requests = host.requests();
        this.steps = steps;
        this.backoff = backoff;
    }

    /**
     * The saga of such a step; empty for a step of a saga of this application's. Reads the log if need be, and blocks then:
     * what was read of a saga until now may lack the step.
     */
    Optional<SagaState> find(Enlistment enlistment) {
        if (host.live(enlistment.sagaId()).isPresent()) {
            return Optional.empty();
        }
        SagaState saga = host.ownership()
                .inFlight(enlistment.sagaId())
                .filter(known -> isEnlisted(known, enlistment))
                .orElseGet(() -> host.read(enlistment.sagaId()));
        return isEnlisted(saga, enlistment) || isOfAnotherApplication(saga) ? Optional.of(saga) : Optional.empty();
    }

    private boolean isEnlisted(SagaState saga, Enlistment enlistment) {
        return EnlistedCallbacks.isEnlisted(saga, enlistment.step(), requests.application());
    }

    private boolean isOfAnotherApplication(SagaState saga) {
        return saga.start() != null
                && !saga.status().isTerminal()
                && saga.start().application() != null
                && !saga.start().application().equals(requests.application());
    }

    /**
     * @return completes when it was done; fails with {@link CompensationFailedException} or {@link
     *     CompletionFailedException} when it is given up
     */
    CompletableFuture<Void> run(SagaState saga, Enlistment enlistment, Phase phase) {
        if (!isEnlisted(saga, enlistment)) {
            // its enlistment never was in the log: nothing was done for it
            return CompletableFuture.completedFuture(null);
        }
        return steps.run(saga, enlistment.step(), phase, LongRunningAction.of(saga))
                .whenComplete((done, failure) -> {
                    if (failure == null) {
                        failures.remove(enlistment);
                    }
                })
                .exceptionallyCompose(failure -> StepCallbacks.waits(failure)
                        ? CompletableFuture.failedFuture(failure) // the coordinator comes again
                        : failed(enlistment, phase, failure));
    }

    private CompletableFuture<Void> failed(Enlistment enlistment, Phase phase, Throwable failure) {
        String error = Failures.text(failure);
        int attempt = failures.merge(enlistment, 1, Integer::sum);
        Optional<String> refusal = StepRejectedException.in(failure).map(StepRejectedException::code);
        boolean givenUp = backoff.isUsedUp(attempt) && (phase == Phase.COMPENSATION || refusal.isPresent());
        SagaEvent event = givenUp && phase == Phase.COMPENSATION
                ? new SagaEvent.StepCompensateFailed(enlistment.step(), attempt, error, Failures.code(failure))
                : CallbackEvents.retry(phase, enlistment.step(), attempt, error, refusal.orElse(null));
        Exception told = givenUp ? givenUp(enlistment, phase, failure) : new IllegalStateException(error);
        return requests.ask(enlistment.sagaId(), event).thenCompose(asked -> CompletableFuture.failedFuture(told));
    }

    private static Exception givenUp(Enlistment enlistment, Phase phase, Throwable failure) {
        return phase == Phase.COMPENSATION
                ? new CompensationFailedException(enlistment.sagaId(), enlistment.step(), Failures.text(failure))
                : new CompletionFailedException(enlistment.sagaId(), enlistment.step(), failure);
    }
}
