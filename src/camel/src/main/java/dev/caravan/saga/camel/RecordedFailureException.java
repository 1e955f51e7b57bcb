package dev.caravan.saga.camel;

import dev.caravan.saga.SagaId;
import dev.caravan.saga.Step;
import dev.caravan.saga.state.StepFailure;
import org.jspecify.annotations.Nullable;

/**
 * With this, the block of a step broke off before a crash, and the exception itself cannot be made again of its text. A
 * route that tells exceptions apart by their classes does not find the one that it names.
 */
public final class RecordedFailureException extends StepOutcomeUnknownException {

    private static final long serialVersionUID = 1L;

    private final @Nullable String originalClass;
    private final @Nullable String originalMessage;

    RecordedFailureException(SagaId sagaId, Step step, StepFailure recorded) {
        super(sagaId, step, "It broke off with %s: %s".formatted(recorded.code(), recorded.error()));
        this.originalClass = recorded.code();
        this.originalMessage = recorded.error();
    }

    /** A route that asks what went wrong is told the same as before the crash. */
    @Override
    public @Nullable String getMessage() {
        return originalMessage;
    }

    /** The name of its class. */
    public @Nullable String originalClass() {
        return originalClass;
    }

    /** Its message, or the simple name of its class when it had none. */
    public @Nullable String originalMessage() {
        return originalMessage;
    }
}
