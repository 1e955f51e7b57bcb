package dev.caravan.saga.camel;

import java.time.DateTimeException;
import java.time.Duration;
import java.util.Optional;
import java.util.regex.Pattern;
import org.apache.camel.Endpoint;
import org.apache.camel.util.TimeUtils;

/** Times in the options of endpoints, as Camel reads them; what Camel would make something else of is refused. */
final class Durations {

    private static final Pattern DURATION =
            Pattern.compile("[0-9]+|P[0-9DTHMS.]+|(?=[0-9])(?:[0-9]+h)?(?:[0-9]+m)?(?:[0-9]+s)?(?:[0-9]+ms)?");

    private static final Pattern WITH_DAYS = Pattern.compile(
            "[0-9]{1,12}|(?=[0-9])(?:[0-9]{1,5}d)?(?:[0-9]{1,6}h)?(?:[0-9]{1,8}m)?(?:[0-9]{1,10}s)?(?:[0-9]{1,12}ms)?");

    private Durations() {}

    /** A time that is said in a message, with days if need be; empty: it is none, or far too long. */
    static Optional<Duration> of(String text) {
        String said = text.strip();
        try {
            if (said.startsWith("P")) {
                return Optional.of(Duration.parse(said)).filter(time -> !time.isNegative());
            }
            return WITH_DAYS.matcher(said).matches()
                    ? Optional.of(Duration.ofMillis(TimeUtils.toMilliSeconds(said)))
                    : Optional.empty();
        } catch (DateTimeException | ArithmeticException e) {
            return Optional.empty();
        }
    }

    /** @throws IllegalArgumentException it is none */
    static Duration of(Endpoint endpoint, String option, String text) {
        if (!DURATION.matcher(text.strip()).matches()) {
            throw refused(endpoint, option, text);
        }
        return endpoint.getCamelContext().getTypeConverter().convertTo(Duration.class, text.strip());
    }

    static IllegalArgumentException refused(Endpoint endpoint, String option, String text) {
        return new IllegalArgumentException(
                "%s=%s of %s is refused: write a number of ms, or a time such as 500ms, 30s, 5m, 1h30m or PT30S%s"
                        .formatted(
                                option,
                                text,
                                RouteLinks.withoutOptions(endpoint.getEndpointUri()),
                                option.equals("timeout")
                                        ? "; without a time-out it would wait for ever, so 0 is none"
                                        : ""));
    }
}
