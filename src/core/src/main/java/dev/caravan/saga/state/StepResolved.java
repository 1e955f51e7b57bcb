package dev.caravan.saga.state;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.caravan.saga.Step;
import org.jspecify.annotations.Nullable;

/**
 * An operator did by hand what was given up for one step, and says so; what else was given up stays that. When nothing else
 * was, {@link SagaEvent.Resolve} follows and ends the saga.
 *
 * @param reason the proof: what was done, and where it can be seen
 * @param request which it answers; {@code null}: none
 */
public record StepResolved(
        @JsonProperty(required = true) Step step,
        @Nullable String who,
        @Nullable String reason,
        @Nullable String request)
        implements SagaEvent.OfOperators {}
