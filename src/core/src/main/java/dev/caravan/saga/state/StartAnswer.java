package dev.caravan.saga.state;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import dev.caravan.saga.SagaId;
import dev.caravan.saga.SagaStatus;

/**
 * What became of a {@link SagaEvent.Request} for a START with a key. Has no place in any saga's sequence.
 *
 * @param saga of this key
 * @param status as it was when it was asked for; {@code null}: it was begun for this request
 * @param otherBody {@code true}: it was begun with another body; otherwise {@code null}
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record StartAnswer(
        @JsonProperty(required = true) String request,
        @JsonProperty(required = true) SagaId saga,
        SagaStatus status,
        Boolean otherBody)
        implements SagaEvent.OfStarts {}
