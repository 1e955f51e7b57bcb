package dev.caravan.saga.message;

import com.fasterxml.jackson.databind.JsonNode;
import dev.caravan.saga.SagaId;
import dev.caravan.saga.Step;
import org.jspecify.annotations.Nullable;

/**
 * What a participant is asked to do. The value of {@code <service>-commands} and {@code compensation-commands}.
 *
 * @param data for an action: what the route sent; for a compensation or completion: the fields of the step's recorded
 *     result, and its options where the result has no field of that name. {@code null} when there is nothing to say.
 * @param phase not part of the value; the topic and the header {@link Phase#HEADER} say it
 */
public record SagaCommand(
        SagaId sagaId,
        Step step,
        String service,
        String command,
        @Nullable JsonNode data,
        Phase phase) {}
