package dev.caravan.saga.monitoring;

import dev.caravan.saga.state.Awaits;
import dev.caravan.saga.state.PayloadRead;
import dev.caravan.saga.state.SagaEvent;
import dev.caravan.saga.state.SagaLogEntry;
import java.util.List;

/** What stands beside a saga's own entries and is shown with them: what operators ask for, and what is answered. */
final class Beside {

    private static final String CANCELLED = "Cancelled by ";

    private Beside() {}

    /** True for what may be shown. */
    static boolean isOfOperators(SagaEvent event) {
        return event instanceof SagaEvent.Refuse
                || event instanceof SagaEvent.OfOperators && !(event instanceof PayloadRead)
                || event instanceof SagaEvent.Request request && isAct(request.event());
    }

    private static boolean isAct(SagaEvent event) {
        if (event instanceof SagaEvent.Fail fail) {
            return fail.step() == null && fail.reason() != null && fail.reason().startsWith(CANCELLED);
        } else if (event instanceof Awaits.StepAnswered answer) {
            return answer.who() != null;
        } else if (event instanceof Awaits.StepAwaits moved) {
            return moved.who() != null;
        } else if (event instanceof Awaits.Signal signal) {
            return signal.who() != null;
        }
        return event instanceof SagaEvent.Retry
                || event instanceof SagaEvent.Resolve
                || event instanceof SagaEvent.OfOperators;
    }

    /**
     * True for what is shown behind these entries: a refusal only of what is shown, too.
     *
     * @param entry that stands beside the saga's own
     */
    static boolean isShown(SagaLogEntry entry, List<SagaLogEntry> before) {
        return isOfOperators(entry.event())
                && (!(entry.event() instanceof SagaEvent.Refuse refuse)
                        || before.stream()
                                .anyMatch(known -> known.event() instanceof SagaEvent.Request request
                                        && request.id().equals(refuse.request())));
    }
}
