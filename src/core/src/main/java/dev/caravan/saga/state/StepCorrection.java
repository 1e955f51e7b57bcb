package dev.caravan.saga.state;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.caravan.saga.Step;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An operator gives corrected data for what was given up for one step. Nothing is sent by that: a {@link SagaEvent.Retry} of
 * the step that names this entry's sequence has it sent.
 *
 * @param data fields that take the place of the results and options of the same name, whatever was corrected before
 * @param request which it answers; {@code null}: none
 */
public record StepCorrection(
        @JsonProperty(required = true) Step step,
        @JsonProperty(required = true) Map<String, Object> data,
        @Nullable String who,
        @Nullable String reason,
        @Nullable String request)
        implements SagaEvent.OfOperators {}
