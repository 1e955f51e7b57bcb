package dev.caravan.saga.engine;

import dev.caravan.saga.Printable;
import dev.caravan.saga.SagaId;
import dev.caravan.saga.state.SagaEvent;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a person can do with a saga. Each action is an event in the log, with who did it and why. An instance that does
 * not run the saga writes down what is asked for, and the one that runs it acts on that.
 */
public final class SagaOperator {

    private static final Logger LOGGER = LoggerFactory.getLogger(SagaOperator.class);

    private final SagaHost host;
    private final SagaRequests requests;

    public SagaOperator(SagaHost host, SagaRequests requests) {
        this.host = host;
        this.requests = requests;
    }

    /**
     * Has the compensations of a FAILED saga tried again, or one that is stuck taken over again.
     *
     * @return completes when the log says so; the compensations then run
     * @throws IllegalStateException it is this instance's and not FAILED
     */
    public CompletableFuture<Void> retry(SagaId sagaId, String who, String reason) {
        SagaEvent.Retry event = new SagaEvent.Retry(who, reason, null);
        return mustBeAsked(sagaId) ? requests.ask(sagaId, event) : retry(host, sagaId, event);
    }

    private static CompletableFuture<Void> retry(SagaHost host, SagaId sagaId, SagaEvent.Retry event) {
        LiveSaga saga = host.takeover().reopen(sagaId);
        return saga.decide(event).whenComplete((done, failure) -> {
            if (failure == null) {
                host.recovery().resume(saga);
            } else {
                host.takeover().release(sagaId);
            }
        });
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
     * Has a running saga undone.
     *
     * @return completes when the log says that it is to be undone
     * @throws IllegalStateException it is this instance's and cannot be undone any more
     */
    public CompletableFuture<Void> cancel(SagaId sagaId, String who, String reason) {
        SagaEvent.Fail cancelled = new SagaEvent.Fail(null, "Cancelled by %s: %s".formatted(who, reason));
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
                retry(host, sagaId, new SagaEvent.Retry(retry.who(), retry.reason(), request.id()));
            } else if (request.event() instanceof SagaEvent.Resolve resolve) {
                resolve(host, sagaId, new SagaEvent.Resolve(resolve.who(), resolve.reason(), request.id()));
            }
        } catch (IllegalStateException e) {
            LOGGER.warn(
                    "What {} asked of saga {} is not done: {}",
                    Printable.of(request.application()),
                    sagaId,
                    Printable.of(e.getMessage()));
            host.refuse(sagaId, request, e.getMessage());
        }
    }
}
