package dev.caravan.saga.test;

import dev.caravan.saga.SagaId;
import dev.caravan.saga.camel.StartedSaga;
import dev.caravan.saga.state.SagaState;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The sagas that began in a scenario.
 *
 * @param before how many sagas of the log are those of scenarios before it
 * @param started what was started; {@code null}: nothing
 */
record BegunSagas(SimulatedLog log, int before, @Nullable StartedSaga started) {

    /** @throws AssertionError there is no such saga, with the reason, or there are several */
    SagaState only(Predicate<SagaState> which, String what) {
        List<SagaId> sagas = log.sagas().subList(before, log.sagas().size());
        List<SagaState> found = sagas.stream().map(log::state).filter(which).toList();
        if (found.size() != 1) {
            throw new AssertionError("Expected %s, but the log has %s: %s".formatted(what, sagas, whyNot()));
        }
        return found.get(0);
    }

    private String whyNot() {
        if (started == null) {
            return "start was not called";
        }
        return started.accepted().isCompletedExceptionally()
                ? String.valueOf(
                        started.accepted().handle((id, failure) -> failure).join())
                : "null";
    }
}
