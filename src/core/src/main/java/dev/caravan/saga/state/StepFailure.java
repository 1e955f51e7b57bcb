package dev.caravan.saga.state;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.caravan.saga.Step;
import dev.caravan.saga.StepStatus;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How a command of a step failed.
 *
 * @param kind REJECTED, UNKNOWN or TIMED_OUT
 * @param code for a program: of a rejection, or the class of the exception with which a block broke off; may be {@code
 *     null}
 * @param error for a person; may be {@code null}
 * @param within of a block that broke off, the steps that were begun within it; {@code null}: not known
 * @param left of such a block, the message as it was then; {@code null}: not known
 * @param causes of such a block, the classes of what caused the exception, the nearest first; {@code null}: there were none,
 *     or not known
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record StepFailure(
        StepStatus kind,
        @Nullable String code,
        @Nullable String error,
        @Nullable List<Step> within,
        @Nullable StepLeft left,
        @Nullable List<String> causes) {

    public StepFailure {
        within = within == null ? null : List.copyOf(within);
        causes = causes == null ? null : List.copyOf(causes);
    }

    /** For those who may not see messages. */
    public StepFailure withoutMessage() {
        return new StepFailure(kind, code, error, within, null, causes);
    }

    /** Of a command. */
    public StepFailure(StepStatus kind, @Nullable String code, @Nullable String error) {
        this(kind, code, error, null, null, null);
    }
}
