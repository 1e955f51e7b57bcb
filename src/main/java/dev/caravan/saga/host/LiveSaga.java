package dev.caravan.saga.host;

import dev.caravan.saga.SagaId;
import dev.caravan.saga.SagaStatus;
import dev.caravan.saga.Step;
import dev.caravan.saga.log.SagaEvent;
import dev.caravan.saga.log.SagaLogEntry;
import dev.caravan.saga.machine.IllegalTransitionException;
import dev.caravan.saga.machine.SagaState;
import dev.caravan.saga.message.SagaReply;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * One saga that this instance runs. Thread-safe. Futures complete on the host's executor, never on a thread of Kafka's.
 */
public final class LiveSaga {

    private final SagaHost host;
    private final CompletableFuture<SagaState> ended = new CompletableFuture<>();
    private final Map<String, Integer> stepsTaken = new HashMap<>();
    private final PendingReplies pending = new PendingReplies();
    private SagaState state;

    LiveSaga(SagaHost host, SagaState state) {
        this.host = host;
        this.state = state;
    }

    public SagaId id() {
        return state().sagaId();
    }

    public synchronized SagaState state() {
        return state;
    }

    /** Completes when the saga is COMPLETED, COMPENSATED or FAILED and the log says so. */
    public CompletableFuture<SagaState> ended() {
        return ended;
    }

    /**
     * Appends an event to the log.
     *
     * @return completes when it is durable; fails with {@link IllegalTransitionException} when the saga's state does
     *     not allow it, in which case nothing was appended
     */
    public CompletableFuture<Void> append(SagaEvent event) {
        SagaLogEntry entry;
        SagaState after;
        CompletableFuture<Void> appended;
        synchronized (this) {
            if (!state.allows(event)) {
                return CompletableFuture.failedFuture(new IllegalTransitionException(
                        state.sagaId(), state.status(), event.transition().orElseThrow()));
            }
            entry = new SagaLogEntry(state.sagaId(), state.nextSequence(), host.now(), event);
            after = state.apply(entry);
            state = after;
            appended = host.append(entry, after);
        }
        if (after.status() != SagaStatus.EXECUTING) {
            pending.abandonActions(id(), after.status()).forEach(abandoned -> host.execute(abandoned::fail));
        }
        return appended.thenRunAsync(() -> afterAppend(after), host.executor());
    }

    private void afterAppend(SagaState after) {
        if (after.status().isTerminal() && ended.complete(after)) {
            host.ended(this, after);
        }
    }

    /** Appends the event if the state allows it, and does nothing otherwise. */
    public CompletableFuture<Void> appendIfAllowed(SagaEvent event) {
        synchronized (this) {
            return state.allows(event) ? append(event) : CompletableFuture.completedFuture(null);
        }
    }

    /**
     * Lets a step join. The n-th step of a name in a run of the route is the n-th in the log, so that a route that is
     * run again after a crash finds its steps.
     *
     * @return the step; completes when its enlistment is durable
     */
    public CompletableFuture<Step> enlist(
            String name, String compensation, String completion, Map<String, Object> options) {
        synchronized (this) {
            Step step = new Step(name, stepsTaken.merge(name, 1, Integer::sum));
            if (state.step(step).isPresent()) {
                return CompletableFuture.completedFuture(step);
            }
            if (state.status() != SagaStatus.EXECUTING) {
                return CompletableFuture.failedFuture(new IllegalStateException(
                        "Cannot begin: status is %s (saga %s, step %s)".formatted(state.status(), id(), step)));
            }
            return append(new SagaEvent.Enlist(step, compensation, completion, options))
                    .thenApply(done -> step);
        }
    }

    /** A reply to this command will meet the returned future. Asked again for the same command, it is the same one. */
    public PendingReplies.Pending expect(Step step, String command, boolean action) {
        return pending.expect(step, command, action);
    }

    /** Nobody waits for this command any more. */
    public void forget(PendingReplies.Pending reply) {
        pending.forget(reply);
    }

    /** Hands a reply to who waits for it; without one, it is written down as late. */
    void deliver(SagaReply reply) {
        Optional<PendingReplies.Pending> waiting = pending.take(reply);
        if (waiting.isPresent()) {
            host.execute(() -> waiting.get().reply().complete(reply));
        } else {
            append(new SagaEvent.LateReply(
                    reply.step(), reply.command(), reply.status().name()));
        }
    }
}
