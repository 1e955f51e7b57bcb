package dev.caravan.saga.engine;

import dev.caravan.saga.Printable;
import dev.caravan.saga.SagaId;
import dev.caravan.saga.SagaStatus;
import dev.caravan.saga.state.SagaEvent;
import dev.caravan.saga.state.SagaLogEntry;
import dev.caravan.saga.state.SagaState;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.event.Level;

/**
 * How a saga comes to this instance from the log, and leaves it: taken over when its partition is this instance's, let go
 * when another one has taken it over. Thread-safe.
 */
final class Takeover {

    private static final Logger LOGGER = SagaLogger.of(Takeover.class);

    private final SagaHost host;
    private final LiveSagas live;
    private final String instance;

    /** @param instance its name, for the log */
    Takeover(SagaHost host, LiveSagas live, String instance) {
        this.host = host;
        this.live = live;
        this.instance = instance;
    }

    /** Takes over a saga that was in flight: RESUME is in the log before it goes on. */
    void resume(SagaState state) {
        LiveSaga saga = new LiveSaga(host, state);
        if (live.add(saga).isPresent()) {
            return;
        }
        saga.decide(new SagaEvent.Resume(instance, UUID.randomUUID().toString()))
                .thenCompose(done -> host.keys().otherThan(saga.state()))
                .thenAccept(other -> goOn(saga, state, other))
                .exceptionally(failure -> {
                    LOGGER.atLevel(saga.isGone() ? Level.DEBUG : Level.WARN)
                            .log("Saga {} was not taken over: {}", state, Printable.of(failure));
                    live.release(saga);
                    return null;
                });
    }

    /** @param other has the saga's key: it was begun twice, by an instance that did not know what it had lost */
    private void goOn(LiveSaga saga, SagaState state, Optional<SagaId> other) {
        if (other.isPresent()) {
            host.recovery()
                    .cancel(
                            saga,
                            new SagaEvent.Fail(
                                    null,
                                    "Its key is that of saga %s, which began before: nothing of this one was done"
                                            .formatted(other.get())));
            return;
        }
        LOGGER.info("Saga {} {} goes on from {}", Printable.of(state.name()), state, state.status());
        host.scheduled().run(saga, host.recovery()::resume);
        host.ownership().takeRequests(saga.id()).forEach(request -> hear(saga, request));
    }

    /** A call that the run before had not let in is none of this run's: whoever made it has to call again. */
    private void hear(LiveSaga saga, SagaEvent.Request request) {
        if (request.event() instanceof SagaEvent.Enlist asked && asked.again() != null) {
            host.refuse(saga.id(), request, "the saga was taken over meanwhile");
        } else {
            host.recovery().request(saga, request);
        }
    }

    /**
     * Opens a FAILED saga again, for an operator.
     *
     * @throws IllegalStateException it is not FAILED, or not this instance's
     */
    LiveSaga reopen(SagaId sagaId) {
        SagaState state = host.ownership()
                .inFlight(sagaId)
                .orElseThrow(() -> new IllegalStateException(
                        "Saga %s is not FAILED here: it has ended, or is not known".formatted(sagaId)));
        if (state.status() != SagaStatus.FAILED) {
            throw new IllegalStateException("Saga %s is %s, not FAILED".formatted(sagaId, state.status()));
        }
        LiveSaga saga = new LiveSaga(host, state);
        if (live.add(saga).isPresent()) {
            throw new IllegalStateException("Saga %s is being opened already".formatted(sagaId));
        }
        return saga;
    }

    /** Writes down again what is known of a saga that runs here or is FAILED; one that was let go is somebody else's. */
    void carryForward(SagaState state) {
        live.find(state.sagaId())
                .or(() ->
                        state.status() == SagaStatus.FAILED ? Optional.of(new LiveSaga(host, state)) : Optional.empty())
                .ifPresent(saga -> saga.carryForward().exceptionally(failure -> {
                    LOGGER.warn("Saga {} was not carried forward: {}", state, Printable.of(failure));
                    return null;
                }));
    }

    /** An entry was read back from the log. Who was beaten to a saga in its own partition takes it over again. */
    void read(SagaLogEntry entry, SagaState after) {
        live.find(entry.sagaId()).ifPresent(saga -> read(saga, entry, after));
    }

    private void read(LiveSaga saga, SagaLogEntry entry, SagaState after) {
        boolean beingTakenOver = saga.isBeingTakenOver();
        if (beingTakenOver && after.status().isTerminal()) {
            LOGGER.debug("Saga {} {} ended before it was taken over", Printable.of(after.name()), after);
            live.release(saga);
        } else if (!saga.read(entry, after)) {
            LOGGER.warn("Saga {} {} was taken over by another instance", Printable.of(after.name()), after);
            live.release(saga);
            if (beingTakenOver && !after.status().isTerminal()) {
                resume(after);
            }
        }
    }

    /** Lets go of a saga that another instance runs from now on. */
    void release(SagaId sagaId) {
        live.find(sagaId).ifPresent(live::release);
    }

    /** Lets go of all sagas of a partition that another instance owns from now on. */
    void releaseAll(Predicate<SagaId> which) {
        live.releaseAll(which);
    }
}
