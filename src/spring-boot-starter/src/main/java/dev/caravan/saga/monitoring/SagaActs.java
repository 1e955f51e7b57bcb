package dev.caravan.saga.monitoring;

import dev.caravan.saga.state.SagaEvent;
import dev.caravan.saga.state.SagaLogEntry;
import dev.caravan.saga.state.StepCorrection;
import dev.caravan.saga.state.StepResolved;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Who did what, with all sagas: the latest acts, as far as they were read from the log since this began. What was asked of
 * another instance is one act with what became of it. Thread-safe.
 */
final class SagaActs {

    private static final int MOST = 20_000;

    private final TreeMap<Long, SagaAct> acts = new TreeMap<>();
    private final Map<String, Long> asked = new HashMap<>();
    private long next;
    private @Nullable Instant since;

    /** Takes in an entry that counts. */
    synchronized void take(SagaLogEntry entry) {
        if (since == null) {
            since = entry.timestamp();
        }
        if (entry.event() instanceof SagaEvent.Refuse refuse) {
            change(asked.remove(refuse.request()), refuse);
            return;
        }
        Optional<SagaAct> act = SagaAct.of(entry);
        Long number = act.isEmpty() ? null : asked.remove(requestOf(entry.event()));
        if (number != null && acts.containsKey(number)) {
            acts.computeIfPresent(number, (known, was) -> was.done());
            return;
        }
        act.ifPresent(done -> add(done, entry.event()));
    }

    private void change(@Nullable Long number, SagaEvent.Refuse refuse) {
        if (number != null) {
            acts.computeIfPresent(number, (known, was) -> was.refused(refuse.reason()));
        }
    }

    private void add(SagaAct act, SagaEvent event) {
        acts.put(next, act);
        if (event instanceof SagaEvent.Request request) {
            asked.put(request.id(), next);
        }
        next++;
        if (acts.size() > MOST) {
            since = acts.pollFirstEntry().getValue().at();
            long oldest = acts.firstKey();
            asked.values().removeIf(number -> number < oldest);
        }
    }

    private static @Nullable String requestOf(SagaEvent event) {
        if (event instanceof SagaEvent.Retry retry) {
            return retry.request();
        } else if (event instanceof SagaEvent.Resolve resolve) {
            return resolve.request();
        } else if (event instanceof StepResolved resolved) {
            return resolved.request();
        } else if (event instanceof StepCorrection correction) {
            return correction.request();
        }
        return null;
    }

    /** Since when all acts are here; {@code null}: nothing was read. */
    synchronized @Nullable Instant since() {
        return since;
    }

    /** Those that match, the latest first. */
    synchronized List<SagaAct> find(SagaActQuery query) {
        return acts.descendingMap().values().stream()
                .filter(query::matches)
                .limit(query.limit())
                .toList();
    }
}
