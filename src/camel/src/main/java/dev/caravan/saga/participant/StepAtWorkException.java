package dev.caravan.saga.participant;

import dev.caravan.saga.message.SagaCommand;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A compensation came while the step's action, which has effects elsewhere, is still at work. Nothing changed: handle
 * the compensation again later. It runs as soon as the action has ended, and at {@link #until()} at the latest.
 */
public class StepAtWorkException extends IllegalStateException {

    private static final long serialVersionUID = 1L;

    private final Instant until;

    public StepAtWorkException(SagaCommand compensation, @Nullable String action, Instant until) {
        super(
                "%s has to wait: %s of step %s in saga %s is still at work, until %s at the latest. Nothing changed; try again"
                        .formatted(compensation.command(), action, compensation.step(), compensation.sagaId(), until));
        this.until = until;
    }

    /** When the action counts as dead if it has not ended by then. */
    public Instant until() {
        return until;
    }
}
