package dev.caravan.saga.monitoring;

import dev.caravan.saga.SagaStatus;
import java.time.Duration;
import java.time.Instant;

/** Whether a person should look at a saga; the most urgent first. */
public enum Attention {
    /** It could not be undone: a person has to act. */
    FAILED,
    /** A compensation or completion went wrong and is tried again. */
    RETRYING,
    /** It is in flight, and nothing has happened to it for long, nor when a step that waits was to be answered at the latest. */
    SILENT,
    /** Nobody has to look. */
    NONE;

    static Attention of(SagaSummary saga, Instant now, Duration silence) {
        if (saga.status() == SagaStatus.FAILED) {
            return FAILED;
        }
        if (saga.status().isTerminal()) {
            return NONE;
        }
        if (saga.trouble() != null) {
            return RETRYING;
        }
        Instant deadline = saga.deadline();
        Instant expected = deadline != null && deadline.isAfter(saga.updatedAt()) ? deadline : saga.updatedAt();
        return expected.plus(silence).isBefore(now) ? SILENT : NONE;
    }
}
