package dev.caravan.saga;

import org.jspecify.annotations.Nullable;

/**
 * Foreign text as it may be shown to a person: in a line of a log, on a terminal, in the header of a dead letter. What
 * would move the cursor, ring, begin a line, turn the direction of writing or be seen as nothing is written out instead,
 * {@code \n} as {@code \u000a} and so on. Text without any of it stays as it is.
 *
 * <p>Written out are control characters (C0, DEL, C1), format characters (bidirectional controls, zero-width ones, tags),
 * line and paragraph separators, and surrogates without their other half.
 */
public final class Printable {

    /** Characters of a text that are shown, in UTF-16; what is longer ends with {@code ...}. */
    public static final int LONGEST = 2000;

    private static final int MOST_CAUSES = 10;
    private static final String ELLIPSIS = "...";

    private Printable() {}

    /** @param text any object, by its {@code toString()}; {@code null} is shown as {@code null} */
    public static String of(@Nullable Object text) {
        String whole = String.valueOf(text);
        int end = Math.min(whole.length(), LONGEST);
        for (int i = 0; i < end; i++) {
            char character = whole.charAt(i);
            if (character < ' ' || character > '~') {
                return writtenOut(whole);
            }
        }
        return whole.length() <= LONGEST ? whole : whole.substring(0, LONGEST) + ELLIPSIS;
    }

    /**
     * A failure as it may be logged with its stack trace: the same trace, and the texts of the failure and of its causes as
     * {@link #of} shows them.
     */
    public static Throwable failure(Throwable failure) {
        return new Shown(failure, MOST_CAUSES);
    }

    private static final class Shown extends Exception {

        private static final long serialVersionUID = 1L;

        Shown(Throwable failure, int causes) {
            super(
                    of(failure),
                    failure.getCause() == null || causes == 0 ? null : new Shown(failure.getCause(), causes - 1),
                    false,
                    true);
            setStackTrace(failure.getStackTrace());
        }
    }

    private static String writtenOut(String text) {
        StringBuilder shown = new StringBuilder();
        for (int i = 0; i < text.length(); ) {
            int character = text.codePointAt(i);
            if (i + Character.charCount(character) > LONGEST) {
                return shown.append(ELLIPSIS).toString();
            }
            if (isShown(character)) {
                shown.appendCodePoint(character);
            } else if (Character.isBmpCodePoint(character)) {
                shown.append("\\u%04x".formatted(character));
            } else {
                shown.append("\\u{%x}".formatted(character));
            }
            i += Character.charCount(character);
        }
        return shown.toString();
    }

    private static boolean isShown(int character) {
        return switch (Character.getType(character)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR -> false;
            default -> true;
        };
    }
}
