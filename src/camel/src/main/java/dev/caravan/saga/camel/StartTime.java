package dev.caravan.saga.camel;

import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.jspecify.annotations.Nullable;

/** When the saga is to begin that an exchange starts: the headers {@code CaravanStartAt} and {@code CaravanStartAfter}. */
public final class StartTime {

    private static final Duration LONGEST = Duration.ofDays(366);

    private StartTime() {}

    /**
     * Takes the headers away, so that they are none of what the saga's route sees.
     *
     * @return empty: now
     * @throws IllegalArgumentException there is no such time, or it is too far away
     */
    static Optional<Instant> take(Exchange exchange, Clock clock) {
        Message message = exchange.getIn();
        Object at = message.removeHeader(SagaConstants.START_AT);
        Object after = message.removeHeader(SagaConstants.START_AFTER);
        return of(text(at), text(after), clock);
    }

    private static @Nullable String text(Object header) {
        return header == null ? null : header.toString();
    }

    /**
     * @param at a time, such as {@code 2026-12-24T18:00:00Z}; {@code null}: not said
     * @param after how long from now, such as {@code 48h} or {@code PT48H}; {@code null}: not said
     * @return empty: neither is said, or it is not later than now
     * @throws IllegalArgumentException both are said, one of them is no such thing, or it is too far away
     */
    public static Optional<Instant> of(@Nullable String at, @Nullable String after, Clock clock) {
        if (at != null && after != null) {
            throw new IllegalArgumentException("A saga begins at a time, or after one: say one of both");
        }
        Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
        Instant when = at != null ? at(at) : after != null ? now.plus(after(after)) : now;
        if (when.isAfter(now.plus(LONGEST))) {
            throw new IllegalArgumentException("A saga cannot be scheduled for %s: that is more than %d days from now"
                    .formatted(when, LONGEST.toDays()));
        }
        return when.isAfter(now) ? Optional.of(when) : Optional.empty();
    }

    private static Duration after(String text) {
        return Durations.of(text)
                .filter(duration -> duration.compareTo(LONGEST) <= 0)
                .orElseThrow(() -> new IllegalArgumentException(
                        "A saga cannot begin after '%s': write a number of ms, or a time such as 30s, 1h30m, PT48H or P2D, of %d days at most"
                                .formatted(text, LONGEST.toDays())));
    }

    private static Instant at(String text) {
        try {
            return Instant.parse(text.strip()).truncatedTo(ChronoUnit.MILLIS);
        } catch (DateTimeException e) {
            throw new IllegalArgumentException(
                    "A saga cannot begin at '%s': write a time such as 2026-12-24T18:00:00Z".formatted(text), e);
        }
    }
}
