package dev.caravan.saga.state;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.caravan.saga.StepStatus;

/**
 * How a command of a step failed.
 *
 * @param kind REJECTED, UNKNOWN or TIMED_OUT
 * @param code for a program: of a rejection, or the class of the exception with which a block broke off; may be {@code
 *     null}
 * @param error for a person; may be {@code null}
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record StepFailure(StepStatus kind, String code, String error) {}
