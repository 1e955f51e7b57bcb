package dev.caravan.saga.monitoring;

import dev.caravan.saga.SagaStatus;
import dev.caravan.saga.StepStatus;
import dev.caravan.saga.state.SagaState;
import dev.caravan.saga.state.StepFailure;
import dev.caravan.saga.state.StepState;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Where a saga is, or what it is undone for, so that sagas of one cause can be told from others. Equal causes are one object
 * in memory as far as their texts are.
 *
 * @param step that could not be undone or completed, or else for which the saga is undone, or else that it is at; {@code
 *     null}: none
 * @param code with which a participant said no, or the class of what went wrong; {@code null}: none
 */
record Cause(@Nullable String step, @Nullable String code) {

    private static final Cause NONE = new Cause(null, null);

    static Cause of(SagaState saga) {
        if (saga.status() == SagaStatus.COMPLETED) {
            return NONE;
        }
        return givenUp(saga).or(() -> undoneFor(saga)).or(() -> at(saga)).orElse(NONE);
    }

    /** When an operator has done it by hand, it is no longer what is wrong. */
    private static Optional<Cause> givenUp(SagaState saga) {
        if (saga.status() == SagaStatus.COMPENSATED) {
            return Optional.empty();
        }
        return saga.steps().stream()
                .filter(step -> step.status().wasGivenUp())
                .findFirst()
                .map(step -> new Cause(name(step), interned(step.code().orElse(null))));
    }

    /** The last step that failed: what the route went around came before. */
    private static Optional<Cause> undoneFor(SagaState saga) {
        if (saga.status() != SagaStatus.COMPENSATING
                && saga.status() != SagaStatus.COMPENSATED
                && saga.status() != SagaStatus.FAILED) {
            return Optional.empty();
        }
        return saga.steps().stream()
                .filter(step -> !step.failures().isEmpty())
                .reduce((earlier, later) -> later)
                .map(step -> new Cause(name(step), interned(code(step.failures()))));
    }

    private static @Nullable String code(Map<String, StepFailure> failures) {
        return failures.values().stream()
                .map(failure -> failure.code() == null && failure.kind() == StepStatus.TIMED_OUT
                        ? StepStatus.TIMED_OUT.name()
                        : failure.code())
                .filter(Objects::nonNull)
                .findFirst()
                .orElse(null);
    }

    private static Optional<Cause> at(SagaState saga) {
        return saga.status() != SagaStatus.EXECUTING
                ? Optional.empty()
                : saga.steps().stream()
                        .filter(step -> step.status() == StepStatus.ENLISTED)
                        .findFirst()
                        .map(step -> new Cause(name(step), null));
    }

    private static @Nullable String name(StepState step) {
        return interned(step.step().name());
    }

    private static @Nullable String interned(@Nullable String text) {
        return text == null ? null : text.intern();
    }
}
