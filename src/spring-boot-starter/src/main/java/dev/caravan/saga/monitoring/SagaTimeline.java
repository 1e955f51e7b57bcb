package dev.caravan.saga.monitoring;

import dev.caravan.saga.SagaId;
import dev.caravan.saga.state.SagaEvent;
import dev.caravan.saga.state.SagaLogEntry;
import dev.caravan.saga.state.SagaState;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/** One saga: where it is, and how it came there. */
public record SagaTimeline(SagaState state, List<SagaLogEntry> entries) {

    static SagaTimeline of(SagaId sagaId) {
        return new SagaTimeline(SagaState.initial(sagaId), List.of());
    }

    SagaTimeline with(List<SagaLogEntry> more) {
        List<SagaLogEntry> all = new ArrayList<>(entries);
        SagaState folded = state;
        for (SagaLogEntry entry : more) {
            boolean counts = entry.event().standsBeside()
                    ? Beside.isShown(entry, all)
                    : entry.sequence() >= folded.nextSequence() || entry.epoch() > folded.epoch();
            if (counts) {
                all.add(entry);
            }
            folded = folded.apply(entry);
        }
        return new SagaTimeline(folded, List.copyOf(all));
    }

    /** Which instance took the saga over last; empty: it is where it began, as far as is known. */
    Optional<String> instance() {
        return entries.stream()
                .map(SagaLogEntry::event)
                .filter(SagaEvent.Resume.class::isInstance)
                .map(event -> ((SagaEvent.Resume) event).host())
                .filter(Objects::nonNull)
                .reduce((earlier, later) -> later);
    }

    SagaTimeline withoutPayloads() {
        return new SagaTimeline(
                WithoutPayloads.of(state),
                entries.stream().map(WithoutPayloads::of).toList());
    }
}
