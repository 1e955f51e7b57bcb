package dev.caravan.saga;

import org.jspecify.annotations.Nullable;

/**
 * Identifies one saga: the key of its records in every topic and its name in every URL.
 *
 * @param value 1 to 200 characters out of {@code A-Z a-z 0-9 . _ : -}
 */
public record SagaId(String value) {

    private static final int LONGEST = 200;

    public SagaId {
        if (!isValid(value)) {
            throw new IllegalArgumentException(
                    "Not a saga id: '%s'. It has 1 to 200 characters out of A-Z a-z 0-9 . _ : -"
                            .formatted(Printable.of(value)));
        }
    }

    /** True for text that a saga id can be; {@code null} is none. */
    public static boolean isValid(@Nullable String value) {
        if (value == null || value.isEmpty() || value.length() > LONGEST) {
            return false;
        }
        for (int i = 0; i < value.length(); i++) {
            if (!isAllowed(value.charAt(i))) {
                return false;
            }
        }
        return true;
    }

    private static boolean isAllowed(char character) {
        return character >= 'A' && character <= 'Z'
                || character >= 'a' && character <= 'z'
                || character >= '0' && character <= '9'
                || "._:-".indexOf(character) >= 0;
    }

    /** As a record has it. Written out because it is the key of every look-up, and a record's own is slow there. */
    @Override
    public boolean equals(Object other) {
        return other instanceof SagaId that && value.equals(that.value);
    }

    @Override
    public int hashCode() {
        return value.hashCode();
    }

    @Override
    public String toString() {
        return value;
    }
}
