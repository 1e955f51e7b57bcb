package dev.caravan.saga.spring;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The preference {@code wait} of the header {@code Prefer} (RFC 7240). */
final class WaitPreference {

    private static final Pattern WAIT = Pattern.compile("(?:^|,)\\s*wait\\s*=\\s*\"?([0-9]{1,9})\"?\\s*(?:$|[,;])");
    private static final int MAXIMUM = 60;

    private WaitPreference() {}

    /** @return 0 to 60; 0 for a header that says nothing of it */
    static int seconds(String prefer) {
        Matcher wait = WAIT.matcher(prefer);
        return wait.find() ? Math.min(MAXIMUM, Integer.parseInt(wait.group(1))) : 0;
    }
}
