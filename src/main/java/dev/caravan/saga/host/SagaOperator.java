package dev.caravan.saga.host;

import dev.caravan.saga.SagaId;
import dev.caravan.saga.log.SagaEvent;
import java.util.concurrent.CompletableFuture;

/**
 * What a person can do with a saga. Each action is an event in the log, with who did it and why. To be asked of the
 * instance that owns the saga; others refuse with an {@link IllegalStateException} that says so.
 */
public final class SagaOperator {

    private final SagaHost host;

    public SagaOperator(SagaHost host) {
        this.host = host;
    }

    /**
     * Has the compensations of a FAILED saga tried again.
     *
     * @return completes when the log says so; the compensations then run
     */
    public CompletableFuture<Void> retry(SagaId sagaId, String who, String reason) {
        LiveSaga saga = host.reopen(sagaId);
        return saga.decide(new SagaEvent.Retry(who, reason)).whenComplete((done, failure) -> {
            if (failure == null) {
                host.recovery().resume(saga);
            } else {
                host.release(sagaId);
            }
        });
    }

    /** Says that a person has undone by hand what a FAILED saga had left; it is COMPENSATED then. */
    public CompletableFuture<Void> resolve(SagaId sagaId, String who, String reason) {
        LiveSaga saga = host.reopen(sagaId);
        return saga.append(new SagaEvent.Resolve(who, reason)).whenComplete((done, failure) -> {
            if (failure != null) {
                host.release(sagaId);
            }
        });
    }

    /**
     * Has a running saga undone.
     *
     * @return completes when the log says that it is to be undone
     */
    public CompletableFuture<Void> cancel(SagaId sagaId, String who, String reason) {
        LiveSaga saga = host.live(sagaId)
                .orElseThrow(() -> new IllegalStateException(
                        "Saga %s has ended, or runs in another instance: ask that one".formatted(sagaId)));
        SagaEvent.Fail cancelled = new SagaEvent.Fail(null, "Cancelled by %s: %s".formatted(who, reason));
        if (!saga.state().allows(cancelled)) {
            throw new IllegalStateException("Saga %s is %s and cannot be cancelled"
                    .formatted(sagaId, saga.state().status()));
        }
        host.recovery().cancel(saga, cancelled);
        return CompletableFuture.completedFuture(null);
    }
}
