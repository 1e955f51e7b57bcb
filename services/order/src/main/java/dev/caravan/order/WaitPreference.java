package dev.caravan.order;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The preference {@code wait=N} of the header {@code Prefer} (RFC 7240, section 4.3), at most a minute. */
record WaitPreference(long seconds) {

    private static final long LONGEST = 60;
    private static final Pattern WAIT =
            Pattern.compile("\\s*wait\\s*=\\s*\"?(\\d{1,9})\"?\\s*(;.*)?", Pattern.CASE_INSENSITIVE);

    /** The first such preference counts; what cannot be understood is ignored, as the RFC says. */
    static Optional<WaitPreference> of(List<String> preferHeaders) {
        return preferHeaders.stream()
                .flatMap(header -> Pattern.compile(",").splitAsStream(header))
                .map(WAIT::matcher)
                .filter(Matcher::matches)
                .map(wait -> new WaitPreference(Math.min(Long.parseLong(wait.group(1)), LONGEST)))
                .findFirst();
    }

    Duration duration() {
        return Duration.ofSeconds(seconds);
    }

    /** As the header {@code Preference-Applied} has it. */
    String applied() {
        return "wait=" + seconds;
    }
}
