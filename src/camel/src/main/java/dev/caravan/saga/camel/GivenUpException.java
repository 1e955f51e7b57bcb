package dev.caravan.saga.camel;

import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** Before a crash, the route's circuit breaker did not wait for the step, and goes on as it did then. */
final class GivenUpException extends TimeoutException {

    private static final long serialVersionUID = 1L;

    GivenUpException(@Nullable String message) {
        super(message);
    }
}
