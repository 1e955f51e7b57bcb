package dev.caravan.saga.camel;

import dev.caravan.saga.SagaStatus;
import dev.caravan.saga.engine.LiveSaga;
import dev.caravan.saga.engine.SagaTimers;
import dev.caravan.saga.state.SagaEvent;
import dev.caravan.saga.time.Timers;
import java.util.function.Consumer;

/** The deadlines of sagas; what is past its pivot has none any more. */
public final class Deadlines {

    private Deadlines() {}

    /**
     * @param undo has the saga undone, with TIMEOUT
     * @return true when the deadline has passed already: the saga is being undone
     */
    public static boolean watch(LiveSaga saga, Timers timers, Consumer<SagaEvent> undo) {
        return !saga.state().passedPivot()
                && SagaTimers.atDeadline(saga, timers, () -> {
                    if (saga.state().status() == SagaStatus.EXECUTING
                            && !saga.state().passedPivot()) {
                        undo.accept(new SagaEvent.Timeout(
                                null,
                                "The saga did not end before " + saga.state().deadline()));
                    }
                });
    }
}
