package dev.caravan.saga.monitoring;

import dev.caravan.saga.SagaId;
import dev.caravan.saga.state.SagaLogEntry;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The entries, without payloads, of the sagas that began last: those are looked at most. Not thread-safe. */
final class RecentTimelines {

    private static final int CAPACITY = 2000;

    private final Map<SagaId, List<SagaLogEntry>> entries = new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<SagaId, List<SagaLogEntry>> eldest) {
            return size() > CAPACITY;
        }
    };

    void begin(SagaLogEntry first) {
        entries.put(first.sagaId(), new ArrayList<>(List.of(first)));
    }

    /** Without effect for a saga whose beginning is not here. */
    void add(SagaLogEntry entry) {
        List<SagaLogEntry> known = entries.get(entry.sagaId());
        if (known != null) {
            known.add(entry);
        }
    }

    Optional<SagaTimeline> find(SagaId sagaId) {
        return Optional.ofNullable(entries.get(sagaId))
                .map(known -> SagaTimeline.of(sagaId).with(known));
    }
}
