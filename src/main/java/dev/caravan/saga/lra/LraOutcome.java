package dev.caravan.saga.lra;

import dev.caravan.saga.SagaId;
import dev.caravan.saga.SagaStatus;
import dev.caravan.saga.Step;
import dev.caravan.saga.StepStatus;
import dev.caravan.saga.camel.Failures;
import dev.caravan.saga.camel.StepCallbacks;
import dev.caravan.saga.host.Backoff;
import dev.caravan.saga.host.LiveSaga;
import dev.caravan.saga.host.Timers;
import dev.caravan.saga.log.SagaEvent;
import dev.caravan.saga.lra.LraClient.Lra;
import dev.caravan.saga.machine.SagaState;
import dev.caravan.saga.machine.StepState;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks the coordinator to end an LRA, finds out how it ended, and writes that into the saga's log. Goes on asking,
 * without holding a thread, until the coordinator has answered and is done.
 */
final class LraOutcome {

    private static final Logger LOGGER = LoggerFactory.getLogger(LraOutcome.class);

    private final LraClient client;
    private final StepCallbacks callbacks;
    private final Timers timers;
    private final Backoff backoff;
    private final Map<SagaId, CompletableFuture<SagaState>> watched = new ConcurrentHashMap<>();

    /** @param backoff between two requests; its attempts are not counted */
    LraOutcome(LraClient client, StepCallbacks callbacks, Timers timers, Backoff backoff) {
        this.client = client;
        this.callbacks = callbacks;
        this.timers = timers;
        this.backoff = backoff;
    }

    CompletableFuture<SagaState> close(LiveSaga saga, Lra lra) {
        return end(saga, lra, () -> client.close(lra));
    }

    CompletableFuture<SagaState> cancel(LiveSaga saga, Lra lra) {
        return end(saga, lra, () -> client.cancel(lra));
    }

    /** For an LRA that somebody else ends. */
    CompletableFuture<SagaState> watch(LiveSaga saga, Lra lra) {
        return end(saga, lra, () -> client.status(lra));
    }

    /** @return completes when the saga's end is in the log; who asks second joins who asked first */
    private CompletableFuture<SagaState> end(LiveSaga saga, Lra lra, Supplier<CompletableFuture<LraStatus>> request) {
        CompletableFuture<SagaState> first = watched.putIfAbsent(saga.id(), saga.ended());
        if (first == null) {
            saga.ended().whenComplete((state, failure) -> watched.remove(saga.id()));
            attempt(saga, lra, request, 1);
        }
        return saga.ended();
    }

    private void attempt(LiveSaga saga, Lra lra, Supplier<CompletableFuture<LraStatus>> request, int attempt) {
        Failures.asFuture(request::get).whenComplete((status, failure) -> {
            if (failure != null) {
                LOGGER.warn(
                        "Saga {}: the LRA coordinator is asked again in {} ms: {}",
                        saga.id(),
                        backoff.delayAfter(attempt).toMillis(),
                        Failures.text(failure));
                timers.schedule(backoff.delayAfter(attempt), () -> attempt(saga, lra, request, attempt + 1));
            } else if (status.isOpen()) {
                timers.schedule(
                        backoff.delayAfter(attempt), () -> attempt(saga, lra, () -> client.status(lra), attempt + 1));
            } else {
                conclude(saga, lra, status);
            }
        });
    }

    private void conclude(LiveSaga saga, Lra lra, LraStatus status) {
        if (isCancelled(saga, status)) {
            saga.appendIfAllowed(new SagaEvent.Timeout(null, "The LRA coordinator cancelled it"));
            next(saga, LraOutcome::isToBeCompensated)
                    .ifPresentOrElse(
                            step -> callbacks
                                    .compensate(saga, step, lra.id())
                                    .whenComplete((done, failure) -> conclude(saga, lra, status)),
                            () -> saga.append(compensated(saga.state())));
        } else {
            next(saga, LraOutcome::isToBeCompleted)
                    .ifPresentOrElse(
                            step -> saga.appendIfAllowed(new SagaEvent.Close())
                                    .thenCompose(closed -> callbacks.complete(saga, step, lra.id()))
                                    .whenComplete((done, failure) -> conclude(saga, lra, status)),
                            () -> saga.append(new SagaEvent.Complete()));
        }
    }

    private static boolean isCancelled(LiveSaga saga, LraStatus status) {
        SagaStatus now = saga.state().status();
        return status == LraStatus.Cancelled
                || status == LraStatus.FailedToCancel
                || now == SagaStatus.COMPENSATING
                || status == LraStatus.Gone && now == SagaStatus.EXECUTING;
    }

    /** A step that the coordinator did not know of, because joining it failed, or that it forgot: the latest first. */
    private static Optional<Step> next(LiveSaga saga, Predicate<StepState> open) {
        List<StepState> steps = new ArrayList<>(saga.state().steps());
        Collections.reverse(steps);
        return steps.stream().filter(open).map(StepState::step).findFirst();
    }

    private static boolean isToBeCompensated(StepState step) {
        return step.status().needsCompensation()
                && step.status() != StepStatus.COMPENSATION_FAILED
                && step.compensation().isPresent();
    }

    private static boolean isToBeCompleted(StepState step) {
        return step.status() != StepStatus.COMPLETED && step.completion().isPresent();
    }

    private static SagaEvent compensated(SagaState state) {
        return state.steps().stream()
                .filter(step -> step.status() == StepStatus.COMPENSATION_FAILED)
                .findFirst()
                .<SagaEvent>map(LraOutcome::failed)
                .orElse(new SagaEvent.CompensateComplete());
    }

    private static SagaEvent failed(StepState step) {
        return new SagaEvent.CompensateFail(
                step.step(), "Step %s could not be compensated: %s".formatted(step.step(), step.error()));
    }
}
