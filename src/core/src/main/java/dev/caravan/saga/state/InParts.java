package dev.caravan.saga.state;

import java.util.ArrayList;
import java.util.List;

/**
 * Begins from a state that was carried forward in parts. An entry that has no effect on a saga that is known has none here,
 * and any other that comes between two parts makes them void: so this reader and one who knows the saga agree.
 */
final class InParts {

    private InParts() {}

    /** @param saga INITIAL; awaits the next part, or the first */
    static SagaState next(SagaState saga, SagaLogEntry entry) {
        List<String> known = saga.carried();
        boolean counts = known == null
                || (entry.event() instanceof SagaEvent.Resume
                        ? entry.epoch() > saga.epoch()
                        : entry.epoch() == saga.epoch() && entry.sequence() >= saga.nextSequence());
        if (!counts) {
            return saga.awaiting(known, saga.nextSequence(), saga.epoch(), saga.ignored() + 1);
        }
        if (!(entry.event() instanceof SagaEvent.SnapshotPart part)) {
            return nothing(saga);
        }
        if (known == null || part.part() != known.size() || entry.sequence() != saga.nextSequence()) {
            return part.part() == 0 && part.parts() > 1 ? with(saga, List.of(), part, entry) : nothing(saga);
        } else if (part.part() < part.parts() - 1) {
            return with(saga, known, part, entry);
        }
        List<String> all = new ArrayList<>(known);
        all.add(part.content());
        return CarriedParts.join(all, saga.sagaId())
                .map(state -> state.carriedBy(entry))
                .orElseGet(() -> nothing(saga));
    }

    private static SagaState with(SagaState saga, List<String> known, SagaEvent.SnapshotPart part, SagaLogEntry entry) {
        List<String> all = new ArrayList<>(known);
        all.add(part.content());
        return saga.awaiting(List.copyOf(all), entry.sequence() + 1, entry.epoch(), saga.ignored());
    }

    private static SagaState nothing(SagaState saga) {
        return saga.awaiting(null, 0, 0, saga.ignored() + 1);
    }
}
