package dev.caravan.payment;

import java.math.BigDecimal;
import java.math.RoundingMode;

/** An amount with exactly two decimals, in a currency. */
public record Money(BigDecimal amount, String currency) {

    /** Asked for before anything is computed: {@code 1e200000000} has one digit, until it is given two decimals. */
    private static final int MOST_DIGITS = 17;

    /** @throws IllegalArgumentException no amount of money: negative, parts of a cent, or without a currency */
    public Money {
        if (amount != null
                && (Math.abs((long) amount.scale()) > MOST_DIGITS
                        || amount.precision() - amount.scale() > MOST_DIGITS)) {
            throw new IllegalArgumentException(
                    "An amount of money has at most " + MOST_DIGITS + " digits, before the point and after it");
        }
        if (amount == null || amount.signum() < 0 || amount.stripTrailingZeros().scale() > 2) {
            throw new IllegalArgumentException(
                    "An amount of money is not negative and has at most two decimals, unlike " + amount);
        }
        if (currency == null || !currency.matches("[A-Z]{3}")) {
            throw new IllegalArgumentException("A currency is three upper-case letters, unlike " + currency);
        }
        amount = amount.setScale(2, RoundingMode.UNNECESSARY);
    }

    @Override
    public String toString() {
        return amount.toPlainString() + " " + currency;
    }
}
