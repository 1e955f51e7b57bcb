package dev.caravan.saga.spring;

import java.time.Duration;
import org.springframework.security.core.AuthenticationException;

/** A password was not looked at, because too many before it were wrong. */
final class TooManyAttemptsException extends AuthenticationException {

    private static final long serialVersionUID = 1L;

    private final Duration wait;

    TooManyAttemptsException(Duration wait) {
        super("Too many wrong passwords: try again in %d seconds".formatted(seconds(wait)));
        this.wait = wait;
    }

    /** @return for the header {@code Retry-After} */
    long seconds() {
        return seconds(wait);
    }

    private static long seconds(Duration wait) {
        return wait.plusMillis(999).toSeconds();
    }
}
