package dev.caravan.saga.state;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.caravan.saga.SagaId;
import org.jspecify.annotations.Nullable;

/**
 * The saga's route begins a saga of its own; durable before that one starts. Said again when that one has ended.
 *
 * @param place where in the route; {@code null}: in no step
 * @param withParent true: it is undone with the saga, of which it is a step; {@code null}: it is not
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Child(
        @Required SagaId saga,
        @Required String name,
        @Nullable String place,
        boolean ended,
        @Nullable Boolean withParent)
        implements SagaEvent.OfStarts {

    /** One that ends by itself. */
    public Child(SagaId saga, String name, @Nullable String place, boolean ended) {
        this(saga, name, place, ended, null);
    }
}
