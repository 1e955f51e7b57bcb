package dev.caravan.saga;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One step of a saga: a name, and which time within the saga it is taken (a loop or a split takes a step often).
 * Written {@code PROCESS_PAYMENT} the first time, {@code PROCESS_PAYMENT#2} the second.
 *
 * @param name upper case letters, digits and underscores
 * @param occurrence 1 or more
 */
public record Step(String name, int occurrence) {

    private static final Pattern FORM = Pattern.compile("([A-Z0-9_]{1,100})(?:#([1-9][0-9]{0,8}))?");

    public Step {
        if (name == null || !FORM.matcher(name).matches() || name.indexOf('#') >= 0 || occurrence < 1) {
            throw new IllegalArgumentException(
                    "Not a step: name '%s', occurrence %d. A name has upper case letters, digits and underscores"
                            .formatted(name, occurrence));
        }
    }

    /** Reads what {@link #toString()} writes. */
    public static Step parse(String text) {
        Matcher matcher = FORM.matcher(text == null ? "" : text);
        if (!matcher.matches()) {
            throw new IllegalArgumentException("Not a step: '%s'. Expected NAME or NAME#2".formatted(text));
        }
        return new Step(matcher.group(1), matcher.group(2) == null ? 1 : Integer.parseInt(matcher.group(2)));
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
