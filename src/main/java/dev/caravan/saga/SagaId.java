package dev.caravan.saga;

import java.util.regex.Pattern;

/**
 * Identifies one saga: the key of its records in every topic and its name in every URL.
 *
 * @param value 1 to 200 characters out of {@code A-Z a-z 0-9 . _ : -}
 */
public record SagaId(String value) {

    private static final Pattern FORM = Pattern.compile("[A-Za-z0-9._:-]{1,200}");

    public SagaId {
        if (!isValid(value)) {
            throw new IllegalArgumentException(
                    "Not a saga id: '%s'. It has 1 to 200 characters out of A-Z a-z 0-9 . _ : -".formatted(value));
        }
    }

    /** True for text that a saga id can be; {@code null} is none. */
    public static boolean isValid(String value) {
        return value != null && FORM.matcher(value).matches();
    }

    @Override
    public String toString() {
        return value;
    }
}
