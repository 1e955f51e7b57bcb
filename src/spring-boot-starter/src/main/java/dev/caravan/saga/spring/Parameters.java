package dev.caravan.saga.spring;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import org.jspecify.annotations.Nullable;

/** Parameters of requests, as text. One that is blank is not given. */
final class Parameters {

    private Parameters() {}

    static @Nullable String given(@Nullable String value) {
        return value == null || value.isBlank() ? null : value.strip();
    }

    /** @throws IllegalArgumentException names what is wrong */
    static @Nullable Instant time(String parameter, @Nullable String text) {
        String said = given(text);
        if (said == null) {
            return null;
        }
        try {
            return OffsetDateTime.parse(said).toInstant();
        } catch (DateTimeException e) {
            throw new IllegalArgumentException(
                    "%s is %s; it is a time such as 2026-03-01T12:00:00Z".formatted(parameter, text), e);
        }
    }
}
