package dev.caravan.saga.monitoring;

import dev.caravan.saga.SagaId;
import dev.caravan.saga.SagaStatus;
import dev.caravan.saga.host.SagaListener;
import dev.caravan.saga.log.SagaEvent;
import dev.caravan.saga.log.SagaLog;
import dev.caravan.saga.log.SagaLogEntry;
import dev.caravan.saga.machine.SagaState;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What is known of recent sagas: a read model over the saga log, in memory, of bounded size. It follows the log, and is
 * told of this instance's own entries as soon as they are durable, so that who started a saga sees it. It can be thrown
 * away and rebuilt. Thread-safe.
 */
public final class SagaView implements SagaListener {

    private final SagaLog log;
    private final int capacity;
    private final Map<SagaId, SagaTimeline> byId = new LinkedHashMap<>();

    /** @param capacity sagas to keep; beyond it, those that ended and began first are forgotten */
    public SagaView(SagaLog log, int capacity) {
        this.log = log;
        this.capacity = capacity;
    }

    /** A takeover waits for the log to bring it: another instance may have written just before. */
    @Override
    public void onEntry(SagaLogEntry entry, SagaState after) {
        if (!(entry.event() instanceof SagaEvent.Resume)) {
            accept(entry);
        }
    }

    /**
     * Takes one entry in; entries may come twice, and one that leaves a gap waits for the log to bring it. A takeover
     * may have the sequence of an entry that the former instance still wrote.
     */
    public synchronized void accept(SagaLogEntry entry) {
        SagaTimeline known = byId.getOrDefault(entry.sagaId(), SagaTimeline.of(entry.sagaId()));
        SagaState state = known.state();
        boolean begins = state.status() == SagaStatus.INITIAL && entry.event() instanceof SagaEvent.Snapshot;
        boolean takesOver = entry.event() instanceof SagaEvent.Resume
                && entry.epoch() > state.epoch()
                && entry.sequence() <= state.nextSequence();
        boolean follows = entry.epoch() == state.epoch() && entry.sequence() == state.nextSequence();
        if (begins || takesOver || follows) {
            byId.put(entry.sagaId(), known.with(entry));
            forgetOldest();
        }
    }

    private void forgetOldest() {
        Iterator<SagaTimeline> oldest = byId.values().iterator();
        while (byId.size() > capacity && oldest.hasNext()) {
            if (oldest.next().state().status().isTerminal()) {
                oldest.remove();
            }
        }
    }

    /**
     * Sagas, the latest first.
     *
     * @param status {@code null}: any
     * @param name {@code null}: any
     */
    public synchronized List<SagaState> list(SagaStatus status, String name, int limit) {
        List<SagaTimeline> all = new ArrayList<>(byId.values());
        List<SagaState> found = new ArrayList<>();
        for (int i = all.size() - 1; i >= 0 && found.size() < limit; i--) {
            SagaState state = all.get(i).state();
            if ((status == null || state.status() == status)
                    && (name == null || state.name().equals(name))) {
                found.add(state);
            }
        }
        return found;
    }

    /** The saga that the application calls by this key; the latest if there are several. */
    public synchronized Optional<SagaState> findByKey(String key) {
        return byId.values().stream()
                .map(SagaTimeline::state)
                .filter(state ->
                        state.start() != null && key.equals(state.start().key()))
                .reduce((first, second) -> second);
    }

    /** One saga, also one that this view has forgotten: then its log is read, which blocks. */
    public Optional<SagaTimeline> find(SagaId sagaId) {
        synchronized (this) {
            SagaTimeline known = byId.get(sagaId);
            if (known != null) {
                return Optional.of(known);
            }
        }
        List<SagaLogEntry> entries = log.read(sagaId);
        return entries.isEmpty()
                ? Optional.empty()
                : Optional.of(SagaTimeline.of(sagaId).with(entries));
    }
}
