package dev.caravan.saga.state;

import dev.caravan.saga.SagaId;
import dev.caravan.saga.SagaStatus;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Whether a state that the log carries forward is one that a saga can have: what is begun from has to be whole. */
public final class CarriedState {

    private CarriedState() {}

    /** @return what is wrong with it, as the end of a sentence; empty: nothing */
    public static Optional<String> flaw(@Nullable SagaState state, SagaId sagaId) {
        if (state == null) {
            return Optional.of("is null");
        } else if (!sagaId.equals(state.sagaId())) {
            return Optional.of("is that of saga " + state.sagaId());
        } else if (state.status() == null || state.status() == SagaStatus.INITIAL) {
            return Optional.of("has the status " + state.status());
        } else if (state.carried() != null) {
            return Optional.of("is carried forward itself");
        } else if (state.start() == null || state.start().name() == null) {
            return Optional.of("does not say how the saga began");
        } else if (state.startedAt() == null || state.updatedAt() == null) {
            return Optional.of("does not say when the saga began and was changed");
        } else if (state.steps() == null) {
            return Optional.of("has no list of steps");
        }
        return state.steps().stream().allMatch(CarriedState::isWhole)
                ? Optional.empty()
                : Optional.of("has a step that is not whole");
    }

    private static boolean isWhole(StepState step) {
        return step != null
                && step.step() != null
                && step.status() != null
                && step.enlistment() != null
                && step.step().equals(step.enlistment().step())
                && step.results() != null
                && step.failures().values().stream().noneMatch(failure -> failure == null || failure.kind() == null)
                && step.enlistedAt() != null
                && step.updatedAt() != null
                && isWhole(step.awaiting())
                && (step.correction() == null || step.correction().isWhole())
                && step.results().keySet().stream().allMatch(Objects::nonNull);
    }

    private static boolean isWhole(@Nullable Awaiting awaiting) {
        return awaiting == null
                || awaiting.command() != null && awaiting.since() != null && awaiting.deadline() != null;
    }
}
