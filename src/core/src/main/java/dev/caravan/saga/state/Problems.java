package dev.caravan.saga.state;

import dev.caravan.saga.SagaStatus;
import org.jspecify.annotations.Nullable;

/** What a saga says of what goes wrong, after one more event. */
final class Problems {

    private Problems() {}

    static @Nullable String reasonAfter(SagaState saga, SagaEvent event) {
        if (event instanceof SagaEvent.OtherPath other) {
            return other.difference();
        }
        if (event instanceof SagaEvent.Fail fail) {
            return fail.reason();
        }
        if (event instanceof SagaEvent.Timeout timeout) {
            return timeout.reason();
        }
        return goesOn(saga, event) ? null : saga.reason();
    }

    static @Nullable String troubleAfter(SagaState saga, SagaEvent event) {
        if (event instanceof SagaEvent.ForwardRetry retry) {
            return "past its pivot, attempt %d: %s".formatted(retry.attempt(), retry.error());
        }
        if (event instanceof SagaEvent.CompensateFail fail) {
            return fail.error();
        }
        if (event instanceof SagaEvent.CompleteFail fail) {
            return fail.error();
        }
        if (event instanceof StepResolved resolved) {
            return saga.steps().stream()
                    .filter(step -> step.status().wasGivenUp() && !step.step().equals(resolved.step()))
                    .findFirst()
                    .map(step -> "Step %s was given up: %s".formatted(step.step(), step.error()))
                    .orElse(null);
        }
        boolean isOver = goesOn(saga, event)
                || event instanceof SagaEvent.StepEnd
                || event instanceof SagaEvent.Retry
                || event instanceof SagaEvent.Resolve;
        return isOver ? null : saga.trouble();
    }

    /** True when the route of a saga that waited for a person goes its recorded way again. */
    private static boolean goesOn(SagaState saga, SagaEvent event) {
        return saga.status() == SagaStatus.EXECUTING
                && (event instanceof SagaEvent.Enlist
                        || event instanceof SagaEvent.Success
                        || event instanceof SagaEvent.Close
                        || event instanceof SagaEvent.Complete);
    }
}
