package dev.caravan.saga.state;

import dev.caravan.saga.Step;
import dev.caravan.saga.message.Phase;
import org.jspecify.annotations.Nullable;

/** What the log says of a compensation or completion. */
public final class CallbackEvents {

    private CallbackEvents() {}

    /** That the compensation of a step, or else its completion, was done. */
    public static SagaEvent done(Phase phase, Step step) {
        return phase == Phase.COMPENSATION
                ? new SagaEvent.CompensateSuccess(step)
                : new SagaEvent.CompleteSuccess(step);
    }

    /** That the compensation of a step, or else its completion, went wrong and will be tried again. */
    public static SagaEvent retry(Phase phase, Step step, int attempt, @Nullable String error) {
        return retry(phase, step, attempt, error, null);
    }

    /** @param refusal the code with which a completion was refused; {@code null}: it was not */
    public static SagaEvent retry(
            Phase phase, Step step, int attempt, @Nullable String error, @Nullable String refusal) {
        return phase == Phase.COMPENSATION
                ? new SagaEvent.CompensateRetry(step, attempt, error)
                : new SagaEvent.CompleteRetry(step, attempt, error, refusal);
    }
}
