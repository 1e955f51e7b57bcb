package dev.caravan.saga.state;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A saga whose {@link SagaEvent.Start} was not to begin before a time begins now: from here on its route is run. Durable
 * before that. Without effect for a saga that has begun, or is to be undone.
 *
 * @param coordinator who decides how it ends, as in START; {@code null}: the log
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Begin(@Nullable String coordinator) implements SagaEvent.OfStarts {

    /** A saga that begins at a time that has yet to come, or when somebody can decide how it ends. */
    public static SagaEvent.Start later(SagaEvent.Start start, Instant at) {
        return start(start, start.coordinator(), start.attributes(), at);
    }

    /** A saga that begins now. */
    public static SagaEvent.Start now(SagaEvent.Start start, @Nullable String coordinator) {
        return start(start, coordinator, start.attributes(), null);
    }

    /** START as it is after one of the events that change it. */
    static SagaEvent.Start start(
            SagaEvent.Start start, @Nullable String coordinator, Map<String, Object> attributes, @Nullable Instant at) {
        return new SagaEvent.Start(
                start.name(),
                coordinator,
                start.key(),
                start.body(),
                start.headers(),
                start.application(),
                start.version(),
                start.kept(),
                start.parent(),
                start.route(),
                attributes,
                at);
    }
}
