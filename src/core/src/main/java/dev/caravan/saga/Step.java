package dev.caravan.saga;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One step of a saga: a name, and which time within the saga it is taken (a loop or a split takes a step often).
 * Written {@code PROCESS_PAYMENT} the first time, {@code PROCESS_PAYMENT#2} the second.
 *
 * @param name upper case letters, digits and underscores
 * @param occurrence 1 or more
 */
public record Step(String name, int occurrence) {

    private static final int LONGEST = 100;
    private static final Pattern WITH_OCCURRENCE = Pattern.compile("([^#]*)#([1-9][0-9]{0,8})");

    public Step {
        if (!isName(name) || occurrence < 1) {
            throw new IllegalArgumentException(
                    "Not a step: name '%s', occurrence %d. A name has upper case letters, digits and underscores"
                            .formatted(Printable.of(name), occurrence));
        }
    }

    /** Written out because each entry of the log and each message has steps: a regular expression is slow there. */
    private static boolean isName(@Nullable String text) {
        if (text == null || text.isEmpty() || text.length() > LONGEST) {
            return false;
        }
        for (int i = 0; i < text.length(); i++) {
            char character = text.charAt(i);
            if (!(character >= 'A' && character <= 'Z' || character >= '0' && character <= '9' || character == '_')) {
                return false;
            }
        }
        return true;
    }

    /** Reads what {@link #toString()} writes. */
    public static Step parse(@Nullable String text) {
        if (text != null && isName(text)) {
            return new Step(text, 1);
        }
        Matcher matcher = WITH_OCCURRENCE.matcher(text == null ? "" : text);
        if (!matcher.matches() || !isName(matcher.group(1))) {
            throw new IllegalArgumentException(
                    "Not a step: '%s'. Expected NAME or NAME#2".formatted(Printable.of(text)));
        }
        return new Step(matcher.group(1), Integer.parseInt(matcher.group(2)));
    }

    /** As a record has it. Written out because steps are compared all the time, and a record's own is slow there. */
    @Override
    public boolean equals(Object other) {
        return other instanceof Step that && occurrence == that.occurrence && name.equals(that.name);
    }

    @Override
    public int hashCode() {
        return 31 * name.hashCode() + occurrence;
    }

    @Override
    public String toString() {
        return occurrence == 1 ? name : name + "#" + occurrence;
    }
}
