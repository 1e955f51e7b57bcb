package dev.caravan.saga.monitoring;

import dev.caravan.saga.state.PayloadRead;
import dev.caravan.saga.state.SagaEvent;
import dev.caravan.saga.state.SagaLogEntry;
import java.util.List;

/** What stands beside a saga's own entries and is shown with them: what operators ask for, and what is answered. */
final class Beside {

    private Beside() {}

    /** True for what may be shown. */
    static boolean isOfOperators(SagaLogEntry entry) {
        SagaEvent event = entry.event();
        return event instanceof SagaEvent.Refuse
                || event instanceof SagaEvent.OfOperators && !(event instanceof PayloadRead)
                || event instanceof SagaEvent.Request && SagaAct.of(entry).isPresent();
    }

    /**
     * True for what is shown behind these entries: a refusal only of what is shown, too.
     *
     * @param entry that stands beside the saga's own
     */
    static boolean isShown(SagaLogEntry entry, List<SagaLogEntry> before) {
        return isOfOperators(entry)
                && (!(entry.event() instanceof SagaEvent.Refuse refuse)
                        || before.stream()
                                .anyMatch(known -> known.event() instanceof SagaEvent.Request request
                                        && request.id().equals(refuse.request())));
    }
}
