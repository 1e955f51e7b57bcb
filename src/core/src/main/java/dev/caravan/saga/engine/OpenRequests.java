package dev.caravan.saga.engine;

import dev.caravan.saga.SagaId;
import dev.caravan.saga.SagaStatus;
import dev.caravan.saga.state.Awaits;
import dev.caravan.saga.state.SagaEvent;
import dev.caravan.saga.state.SagaLogEntry;
import dev.caravan.saga.state.SagaState;
import dev.caravan.saga.state.StepCorrection;
import dev.caravan.saga.state.StepResolved;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What others ask of the sagas in one partition, until it is answered. A request for a saga that does not run here yet
 * waits until it does; one for a saga that has ended is refused. Guarded by {@link OwnedPartitions}.
 */
final class OpenRequests {

    private final SagaHost host;
    private final String application;
    private final Map<SagaId, Map<String, SagaEvent.Request>> open = new HashMap<>();

    OpenRequests(SagaHost host, String application) {
        this.host = host;
        this.application = application;
    }

    /**
     * Takes a request or a refusal in.
     *
     * @param saga the saga as the log has it there; INITIAL: it has ended, or never was
     * @param mine whether it is one of this application's
     * @param caughtUp whether this instance acts already
     */
    void readAside(SagaLogEntry entry, SagaState saga, boolean mine, boolean caughtUp) {
        if (entry.event() instanceof SagaEvent.Refuse refuse) {
            close(entry.sagaId(), refuse.request());
        } else if (entry.event() instanceof SagaEvent.Request request) {
            if (mine) {
                boolean heard = caughtUp && tell(saga, request);
                if (!heard || hasAnswer(request)) {
                    open.computeIfAbsent(entry.sagaId(), id -> new LinkedHashMap<>())
                            .put(request.id(), request);
                }
            } else if (saga.start() == null && application.equals(request.application()) && caughtUp) {
                refuse(entry.sagaId(), request);
            }
        }
    }

    /** Has what was asked of a FAILED saga done, which is in nobody's memory. */
    void tellFailed(SagaState saga) {
        take(saga.sagaId()).forEach(request -> tell(saga, request));
    }

    /** @return false when the saga does not run here now, and has to be told when it does */
    private boolean tell(SagaState saga, SagaEvent.Request request) {
        if (saga.status() == SagaStatus.FAILED) {
            host.executor().execute(() -> SagaOperator.request(host, saga.sagaId(), request));
            return true;
        }
        Optional<LiveSaga> running = host.live(saga.sagaId()).filter(known -> !known.isBeingTakenOver());
        running.ifPresent(known -> host.executor().execute(() -> host.recovery().request(known, request)));
        return running.isPresent();
    }

    /** Takes one of the saga's own entries in: it may be an answer, or the saga's end. */
    void read(SagaLogEntry entry, @Nullable SagaState before, SagaState after) {
        boolean counts = before == null || before.ignored() == after.ignored();
        if (counts && entry.event() instanceof SagaEvent.Enlist enlist) {
            close(entry.sagaId(), enlist.request());
        } else if (counts && entry.event() instanceof Awaits.StepAnswered answer) {
            close(entry.sagaId(), answer.signal());
        } else if (counts && entry.event() instanceof Awaits.StepAwaits awaits) {
            close(entry.sagaId(), awaits.request());
        } else if (counts && entry.event() instanceof SagaEvent.Retry retry) {
            close(entry.sagaId(), retry.request());
        } else if (counts && entry.event() instanceof SagaEvent.Resolve resolve) {
            close(entry.sagaId(), resolve.request());
        } else if (counts && entry.event() instanceof StepResolved resolved) {
            close(entry.sagaId(), resolved.request());
        } else if (counts && entry.event() instanceof StepCorrection correction) {
            close(entry.sagaId(), correction.request());
        }
        if (after.status().isTerminal()) {
            of(entry.sagaId()).forEach(request -> refuse(entry.sagaId(), request));
            open.remove(entry.sagaId());
        }
    }

    /** A step that was enlisted in time is not refused, and nobody waits for the answer to anything else. */
    private void refuse(SagaId sagaId, SagaEvent.Request request) {
        if (request.event() instanceof SagaEvent.Enlist) {
            host.refuse(sagaId, request, "it has ended, or is not known");
        }
    }

    private void close(SagaId sagaId, @Nullable String request) {
        Map<String, SagaEvent.Request> ofSaga = open.get(sagaId);
        if (ofSaga != null && request != null) {
            ofSaga.remove(request);
            if (ofSaga.isEmpty()) {
                open.remove(sagaId);
            }
        }
    }

    /** What is to be heard by who runs the saga from now on. */
    List<SagaEvent.Request> take(SagaId sagaId) {
        List<SagaEvent.Request> all = of(sagaId);
        all.stream().filter(request -> !hasAnswer(request)).forEach(request -> close(sagaId, request.id()));
        return all;
    }

    private List<SagaEvent.Request> of(SagaId sagaId) {
        return List.copyOf(open.getOrDefault(sagaId, Map.of()).values());
    }

    /** These say in the log whose answer they are; of the others, who hears them again sees that they are done. */
    private static boolean hasAnswer(SagaEvent.Request request) {
        SagaEvent event = request.event();
        return event instanceof SagaEvent.Enlist
                || event instanceof SagaEvent.Retry
                || event instanceof SagaEvent.Resolve
                || event instanceof SagaEvent.OfOperators;
    }

    boolean isOpen(SagaId sagaId) {
        return open.containsKey(sagaId);
    }
}
