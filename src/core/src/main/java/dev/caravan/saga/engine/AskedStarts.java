package dev.caravan.saga.engine;

import dev.caravan.saga.Printable;
import dev.caravan.saga.SagaId;
import dev.caravan.saga.state.SagaEvent;
import dev.caravan.saga.state.SagaLogEntry;
import dev.caravan.saga.state.StartAnswer;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.slf4j.Logger;

/**
 * Starts with a key that instances ask for that do not own the key's partition, until they are answered. One that was asked
 * for before its asker, or the owner, died is answered by the next owner; one that is older than keys are kept is not.
 * Guarded by {@link OwnedPartitions}.
 */
final class AskedStarts {

    private static final Logger LOGGER = SagaLogger.of(AskedStarts.class);

    private final SagaHost host;
    private final KeyedStarts keyed;
    private final Map<String, Asked> open = new LinkedHashMap<>();

    private record Asked(SagaId base, String request, SagaEvent.Start start, Instant at) {}

    AskedStarts(SagaHost host, KeyedStarts keyed) {
        this.host = host;
        this.keyed = keyed;
    }

    /** @param caughtUp whether this instance acts already */
    void read(SagaLogEntry entry, boolean caughtUp) {
        if (entry.event() instanceof StartAnswer answer) {
            open.remove(answer.request());
        } else if (entry.event() instanceof SagaEvent.Request request
                && request.event() instanceof SagaEvent.Start start
                && host.application().equals(request.application())) {
            Asked asked = new Asked(entry.sagaId(), request.id(), start, entry.timestamp());
            if (caughtUp) {
                answer(asked);
            } else {
                open.put(request.id(), asked);
            }
        }
    }

    void caughtUp() {
        open.values().forEach(this::answer);
        open.clear();
    }

    private void answer(Asked asked) {
        if (keyed.isForgotten(asked.at())) {
            return;
        }
        host.executor().execute(() -> keyed.start(asked.base(), asked.start())
                .thenAccept(begun -> {
                    host.keys().answer(asked.base(), asked.request(), begun);
                    begun.toRun().ifPresent(saga -> host.scheduled().run(saga, host.recovery()::begun));
                })
                .exceptionally(failure -> {
                    if (Causes.of(failure) instanceof KeyTakenException taken) {
                        host.keys().refuse(asked.base(), asked.request(), taken.saga());
                    } else {
                        LOGGER.warn(
                                "A start of {} that was asked for elsewhere was not answered: {}",
                                mention(asked.start()),
                                Printable.of(failure));
                    }
                    return null;
                }));
    }

    /** It may never be a saga. */
    private static SagaMention mention(SagaEvent.Start start) {
        return new SagaMention(Printable.of(start.name()), Map.of())
                .called(start.key())
                .traced(String.valueOf(start.headers().get(SagaMention.TRACE_HEADER)));
    }
}
