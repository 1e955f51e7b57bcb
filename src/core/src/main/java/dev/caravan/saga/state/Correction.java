package dev.caravan.saga.state;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What operators say in place of what the log has of a step, for its compensation or completion.
 *
 * @param data what is sent: fields that take the place of the results and options of the same name; {@code null}: nothing was
 *     corrected
 * @param proposed given, and not sent; {@code null}: nothing
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Correction(
        @Nullable Map<String, Object> data, @Nullable Proposed proposed) {

    /**
     * Corrected data that waits to be sent.
     *
     * @param number the sequence of its entry, by which it is named
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Proposed(
            long number,
            Map<String, Object> data,
            @Nullable String who,
            @Nullable String reason) {}

    /** What was given up for the step may be corrected; of anything else, nothing is to be sent again. */
    static StepState proposed(StepState step, StepCorrection event, long sequence) {
        if (!step.status().wasGivenUp()) {
            return step;
        }
        Proposed proposed = new Proposed(sequence, event.data(), event.who(), event.reason());
        return in(step, new Correction(step.correction() == null ? null : step.correction().data, proposed));
    }

    /** True when this is no retry with corrected data that is not there: then the step stays given up. */
    static boolean allows(StepState step, SagaEvent.Retry retry) {
        return retry.correction() == null || isProposed(step, retry.correction());
    }

    /** True when the step has this corrected data, and it is not sent. */
    public static boolean isProposed(StepState step, long number) {
        Proposed proposed = step.correction() == null ? null : step.correction().proposed;
        return proposed != null && proposed.number == number;
    }

    /** The step is tried again: with what was proposed, if that is what is asked for, and otherwise as before. */
    static StepState retried(StepState step, SagaEvent.Retry retry) {
        Correction known = step.correction();
        if (known == null || known.proposed == null) {
            return step;
        }
        return in(step, new Correction(retry.correction() == null ? known.data : known.proposed.data, null));
    }

    private static StepState in(StepState step, Correction correction) {
        return new StepState(
                step.step(),
                step.status(),
                step.enlistment(),
                step.results(),
                step.failures(),
                step.error(),
                step.attempts(),
                step.called(),
                step.enlistedAt(),
                step.updatedAt(),
                step.left(),
                step.awaiting(),
                step.givenUp(),
                step.sent(),
                correction.data == null && correction.proposed == null ? null : correction);
    }

    /** The corrected data of a step; empty: nothing was corrected. */
    public static Map<String, Object> of(StepState step) {
        Map<String, Object> data = step.correction() == null ? null : step.correction().data;
        return data == null ? Map.of() : data;
    }

    /** The options of a step as they were corrected. No option comes that was not there. */
    public static Map<String, Object> options(StepState step) {
        Map<String, Object> data = of(step);
        if (data.isEmpty()) {
            return step.enlistment().options();
        }
        Map<String, Object> options = new LinkedHashMap<>(step.enlistment().options());
        options.replaceAll((name, value) -> data.containsKey(name) ? data.get(name) : value);
        return options;
    }

    /** Without what the application sends. */
    public Correction withoutData() {
        return new Correction(
                data == null ? null : Map.of(),
                proposed == null ? null : new Proposed(proposed.number, Map.of(), proposed.who, proposed.reason));
    }

    /** Whether it can be counted with. */
    boolean isWhole() {
        return proposed == null || Objects.nonNull(proposed.data);
    }
}
