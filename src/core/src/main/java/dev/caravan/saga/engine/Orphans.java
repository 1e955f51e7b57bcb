package dev.caravan.saga.engine;

import dev.caravan.saga.Printable;
import dev.caravan.saga.SagaId;
import dev.caravan.saga.state.SagaEvent;
import dev.caravan.saga.state.SagaLogEntry;
import dev.caravan.saga.state.SagaState;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;

/**
 * The sagas in one partition that nobody runs. They are taken over; one that comes no further, however often that is
 * done, waits for a person: what makes it be let go will not change by itself. Guarded by {@link OwnedPartitions}.
 */
final class Orphans {

    private static final Logger LOGGER = SagaLogger.of(Orphans.class);
    private static final int MOST_TAKEOVERS = 8;

    private final SagaHost host;
    private final Set<SagaId> adopted = new HashSet<>();
    private final Map<SagaId, Integer> takeovers = new HashMap<>();
    private final Set<SagaId> stuck = new HashSet<>();
    private Map<SagaId, SagaState> before = Map.of();

    Orphans(SagaHost host) {
        this.host = host;
    }

    /** @param inFlight those of this application that are not FAILED; what has no new entry since the last look is adopted */
    void adopt(Stream<SagaState> inFlight) {
        Map<SagaId, SagaState> now = inFlight.filter(
                        state -> host.live(state.sagaId()).isEmpty())
                .filter(state -> !stuck.contains(state.sagaId()))
                .collect(Collectors.toMap(SagaState::sagaId, Function.identity()));
        now.values().stream()
                .filter(state -> state.equals(before.get(state.sagaId())))
                .forEach(this::adopt);
        before = now;
    }

    private void adopt(SagaState state) {
        if (takeovers.getOrDefault(state.sagaId(), 0) < MOST_TAKEOVERS) {
            adopted.add(state.sagaId());
            host.takeover().resume(state);
        } else {
            stuck.add(state.sagaId());
            LOGGER.warn(
                    "Saga {} {} was taken over {} times and came no further: it waits for a person. Look for what was"
                            + " said of it before; then retry or cancel it",
                    Printable.of(state.name()),
                    state,
                    MOST_TAKEOVERS);
        }
    }

    /** Takes in an entry that counts. A takeover that was not asked for here is that of a rebalance. */
    void read(SagaLogEntry entry, boolean ended) {
        SagaEvent event = entry.event();
        if (event instanceof SagaEvent.Resume && !ended) {
            if (adopted.remove(entry.sagaId())) {
                takeovers.merge(entry.sagaId(), 1, Integer::sum);
            }
        } else if (ended || !(event instanceof SagaEvent.Snapshot || event instanceof SagaEvent.SnapshotPart)) {
            adopted.remove(entry.sagaId());
            takeovers.remove(entry.sagaId());
            stuck.remove(entry.sagaId());
        }
    }

    boolean isStuck(SagaId sagaId) {
        return stuck.contains(sagaId);
    }

    /** A person wants it to be tried again. */
    void wake(Optional<SagaState> state) {
        state.filter(known -> stuck.remove(known.sagaId())).ifPresent(known -> {
            takeovers.remove(known.sagaId());
            host.takeover().resume(known);
        });
    }

    int stuck() {
        return stuck.size();
    }
}
