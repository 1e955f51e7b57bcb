package dev.caravan.order;

import java.math.BigDecimal;
import java.math.RoundingMode;

/** An amount with exactly two decimals, in a currency. */
record Money(BigDecimal amount, String currency) {

    private static final int MOST_DIGITS = 17;

    /** @throws IllegalArgumentException more digits than money has */
    Money {
        amount = bounded(amount).setScale(2, RoundingMode.UNNECESSARY);
    }

    /**
     * The same amount, which can be computed with: {@code 1e200000000} has one digit, until it is given two decimals.
     *
     * @throws IllegalArgumentException more than 17 digits, before the point or after it
     */
    static BigDecimal bounded(BigDecimal amount) {
        if (Math.abs((long) amount.scale()) > MOST_DIGITS || amount.precision() - amount.scale() > MOST_DIGITS) {
            throw new IllegalArgumentException(
                    "An amount of money has at most " + MOST_DIGITS + " digits, before the point and after it");
        }
        return amount;
    }

    Money times(int quantity) {
        return new Money(amount.multiply(BigDecimal.valueOf(quantity)), currency);
    }

    /** @throws IllegalStateException the currencies differ */
    Money plus(Money other) {
        if (!currency.equals(other.currency)) {
            throw new IllegalStateException("Prices in " + currency + " and " + other.currency
                    + " have no sum; give all products of orders.products one currency");
        }
        return new Money(amount.add(other.amount), currency);
    }
}
