package dev.caravan.saga.camel;

import dev.caravan.saga.host.LiveSaga;
import org.apache.camel.Exchange;

/**
 * Which run of a saga's route an exchange belongs to. A saga that moved away and came back has its route run again; what
 * the run before it still does must not be taken for a part of that.
 */
final class SagaRun {

    private SagaRun() {}

    /** The exchange, and those that come of it, belong to this run. */
    static void bind(Exchange exchange, LiveSaga saga) {
        exchange.setProperty(property(saga), saga);
    }

    /** @throws IllegalStateException the exchange belongs to a run that is over */
    static void check(Exchange exchange, LiveSaga saga) {
        Object run = exchange.getProperty(property(saga));
        if (run != null && run != saga) {
            throw new IllegalStateException(
                    "Saga %s moved away and came back: its route runs again, and this run is over"
                            .formatted(saga.id()));
        }
    }

    private static String property(LiveSaga saga) {
        return SagaConstants.RUN_PROPERTY + saga.id();
    }
}
