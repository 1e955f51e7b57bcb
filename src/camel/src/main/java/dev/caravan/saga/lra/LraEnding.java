package dev.caravan.saga.lra;

import dev.caravan.saga.camel.RequestedEvents;
import dev.caravan.saga.engine.LiveSaga;
import dev.caravan.saga.lra.LraClient.Lra;
import dev.caravan.saga.state.SagaEvent;
import java.util.concurrent.CompletableFuture;

/** Ends sagas that somebody else asks to end: the coordinator decides. */
final class LraEnding implements RequestedEvents.Ending {

    private final LraOutcome outcome;

    LraEnding(LraOutcome outcome) {
        this.outcome = outcome;
    }

    @Override
    public CompletableFuture<Void> complete(LiveSaga saga) {
        return outcome.askToClose(saga, Lra.of(saga), null);
    }

    @Override
    public CompletableFuture<Void> compensate(LiveSaga saga, SagaEvent reason) {
        return outcome.askToCancel(saga, Lra.of(saga), reason);
    }

    @Override
    public void watchDeadline(LiveSaga saga) {
        outcome.watchDeadline(saga, Lra.of(saga));
    }
}
