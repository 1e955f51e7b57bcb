package dev.caravan.saga.lra;

import dev.caravan.saga.SagaStatus;
import dev.caravan.saga.camel.Failures;
import dev.caravan.saga.camel.RemainingSteps;
import dev.caravan.saga.host.Backoff;
import dev.caravan.saga.host.LiveSaga;
import dev.caravan.saga.host.Timers;
import dev.caravan.saga.log.SagaEvent;
import dev.caravan.saga.lra.LraClient.Lra;
import dev.caravan.saga.machine.SagaState;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
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
    private final RemainingSteps steps;
    private final Timers timers;
    private final Backoff backoff;
    private final Map<LiveSaga, CompletableFuture<SagaState>> watched = new ConcurrentHashMap<>();

    /** @param backoff between two requests; its attempts are not counted */
    LraOutcome(LraClient client, RemainingSteps steps, Timers timers, Backoff backoff) {
        this.client = client;
        this.steps = steps;
        this.timers = timers;
        this.backoff = backoff;
    }

    CompletableFuture<SagaState> close(LiveSaga saga, Lra lra) {
        return end(saga, lra, () -> client.close(lra));
    }

    CompletableFuture<SagaState> cancel(LiveSaga saga, Lra lra) {
        return end(saga, lra, () -> client.cancel(lra));
    }

    /**
     * Cancels for a reason, which is written down first. If the instance that ran the saga before has asked to close
     * it, that counts: what was asked cannot be taken back, and the steps may have been completed.
     */
    CompletableFuture<SagaState> cancel(LiveSaga saga, Lra lra, SagaEvent reason) {
        if (saga.state().epoch() == 0) {
            return saga.appendIfAllowed(reason).thenCompose(done -> cancel(saga, lra));
        }
        return end(saga, lra, () -> client.status(lra)
                .thenCompose(status -> status.isClose()
                        ? CompletableFuture.completedFuture(status)
                        : saga.appendIfAllowed(reason).thenCompose(done -> client.cancel(lra))));
    }

    /** For an LRA that somebody else ends. */
    CompletableFuture<SagaState> watch(LiveSaga saga, Lra lra) {
        return end(saga, lra, () -> client.status(lra));
    }

    /** @return completes when the saga's end is in the log; who asks second joins who asked first */
    private CompletableFuture<SagaState> end(LiveSaga saga, Lra lra, Supplier<CompletableFuture<LraStatus>> request) {
        CompletableFuture<SagaState> first = watched.putIfAbsent(saga, saga.ended());
        if (first == null) {
            saga.ended().whenComplete((state, failure) -> watched.remove(saga));
            attempt(saga, lra, request, 1);
        }
        return saga.ended();
    }

    private void attempt(LiveSaga saga, Lra lra, Supplier<CompletableFuture<LraStatus>> request, int attempt) {
        Failures.asFuture(request::get).whenComplete((status, failure) -> {
            if (saga.isGone()) {
                watched.remove(saga);
            } else if (failure != null) {
                LOGGER.warn(
                        "Saga {}: the LRA coordinator is asked again in {} ms: {}",
                        saga.id(),
                        backoff.delayAfter(attempt).toMillis(),
                        Failures.text(failure));
                timers.schedule(backoff.delayAfter(attempt), () -> attempt(saga, lra, request, attempt + 1));
            } else if (status.isOpen()) {
                help(saga, lra, status);
                timers.schedule(
                        backoff.delayAfter(attempt), () -> attempt(saga, lra, () -> client.status(lra), attempt + 1));
            } else {
                conclude(saga, lra, status);
            }
        });
    }

    /**
     * A coordinator that was told 202 by an instance that died since waits for it: the steps are ended from here, too.
     */
    private void help(LiveSaga saga, Lra lra, LraStatus status) {
        if (status == LraStatus.Cancelling) {
            saga.appendIfAllowed(cancelled());
            steps.compensate(saga, lra.id());
        } else if (status == LraStatus.Closing) {
            steps.complete(saga, lra.id());
        }
    }

    /** The coordinator is done. It may not have known of a step whose join failed: that one is ended from here. */
    private void conclude(LiveSaga saga, Lra lra, LraStatus status) {
        if (isCancelled(saga, status)) {
            saga.appendIfAllowed(cancelled());
            steps.compensate(saga, lra.id()).thenCompose(saga::append);
        } else {
            steps.complete(saga, lra.id()).thenCompose(saga::append);
        }
    }

    private static SagaEvent cancelled() {
        return new SagaEvent.Timeout(null, "The LRA coordinator cancelled it");
    }

    private static boolean isCancelled(LiveSaga saga, LraStatus status) {
        SagaStatus now = saga.state().status();
        return status == LraStatus.Cancelled
                || status == LraStatus.FailedToCancel
                || now == SagaStatus.COMPENSATING
                || status == LraStatus.Gone && now == SagaStatus.EXECUTING;
    }
}
