package dev.caravan.saga.monitoring;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The steps of all sagas of a name, in numbers.
 *
 * @param since when the first entry of the log was written that was counted; {@code null}: none was
 * @param leftOut what was not counted, of sagas of any name, because there were too many different steps
 * @param steps in the order in which they were first met
 */
public record SagaMap(String name, @Nullable Instant since, long leftOut, List<StepFigure> steps) {}
