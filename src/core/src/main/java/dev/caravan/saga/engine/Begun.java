package dev.caravan.saga.engine;

import dev.caravan.saga.SagaId;
import dev.caravan.saga.SagaStatus;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The one saga of a key.
 *
 * @param here runs in this instance, and was begun for this start: its route has yet to be run; {@code null}: it is run
 *     by somebody else, or was
 * @param before how far it had come when it was asked for again; {@code null}: this start has begun it
 */
public record Begun(
        SagaId saga, @Nullable LiveSaga here, @Nullable SagaStatus before) {

    /** What this start has begun, and has to run. */
    public Optional<LiveSaga> toRun() {
        return Optional.ofNullable(here);
    }
}
