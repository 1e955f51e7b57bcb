package dev.caravan.saga.message;

import dev.caravan.saga.Printable;
import org.jspecify.annotations.Nullable;

/**
 * A record that cannot be read. Its text says which field is wrong and what was expected; it goes to the dead letters.
 * What the record has is in the text in part only, on one line: it may be large, and written by anybody.
 */
public class MalformedMessageException extends RuntimeException {

    private static final long serialVersionUID = 1L;
    private static final int LONGEST = 500;

    public MalformedMessageException(@Nullable String message, @Nullable Throwable cause) {
        super(printable(message), cause);
    }

    private static String printable(@Nullable String message) {
        String text = String.valueOf(message);
        String shortened = text.length() <= LONGEST ? text : text.substring(0, LONGEST) + "...";
        return Printable.of(shortened);
    }
}
