package dev.caravan.saga.state;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.caravan.saga.SagaId;
import dev.caravan.saga.SagaStatus;
import org.jspecify.annotations.Nullable;

/**
 * What became of a {@link SagaEvent.Request} for a START with a key. Has no place in any saga's sequence.
 *
 * @param saga of this key
 * @param status as it was when it was asked for; {@code null}: it was begun for this request
 * @param otherBody {@code true}: it was begun with another body; otherwise {@code null}
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record StartAnswer(
        @Required String request,
        @Required SagaId saga,
        @Nullable SagaStatus status,
        @Nullable Boolean otherBody) implements SagaEvent.OfStarts {}
