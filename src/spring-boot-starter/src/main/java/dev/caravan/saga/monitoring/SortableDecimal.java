package dev.caravan.saga.monitoring;

import java.math.BigDecimal;
import java.util.Arrays;

/**
 * A number as bytes that sort as the numbers do: its sign, the place of its first digit, and its first 26 digits, two in a
 * byte. Those of a negative number are turned round.
 */
final class SortableDecimal {

    static final int BYTES = 16;

    private static final int DIGITS = 26;
    private static final byte NEGATIVE = 1;
    private static final byte ZERO = 2;
    private static final byte POSITIVE = 3;

    private SortableDecimal() {}

    static BigDecimal exact(Number number) {
        return number instanceof BigDecimal known ? known : new BigDecimal(number.toString());
    }

    static byte[] of(BigDecimal number) {
        byte[] bytes = new byte[BYTES];
        bytes[0] = number.signum() < 0 ? NEGATIVE : number.signum() == 0 ? ZERO : POSITIVE;
        if (number.signum() == 0) {
            return bytes;
        }
        String digits = number.unscaledValue().abs().toString();
        long exponent = (long) digits.length() - number.scale();
        int place = (int) Math.max(Short.MIN_VALUE, Math.min(Short.MAX_VALUE, exponent)) - Short.MIN_VALUE;
        bytes[1] = (byte) (place >> Byte.SIZE);
        bytes[2] = (byte) place;
        for (int i = 0; i < DIGITS && i < digits.length(); i++) {
            int digit = digits.charAt(i) - '0';
            bytes[3 + i / 2] |= (byte) (i % 2 == 0 ? digit << 4 : digit);
        }
        for (int i = 1; i < BYTES && number.signum() < 0; i++) {
            bytes[i] = (byte) ~bytes[i];
        }
        return bytes;
    }

    /** Below each number. */
    static byte[] lowest() {
        return new byte[BYTES];
    }

    /** Above each number. */
    static byte[] highest() {
        byte[] bytes = new byte[BYTES];
        Arrays.fill(bytes, (byte) -1);
        return bytes;
    }
}
