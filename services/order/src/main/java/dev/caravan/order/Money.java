package dev.caravan.order;

import java.math.BigDecimal;
import java.math.RoundingMode;

/** An amount with exactly two decimals, in a currency. */
record Money(BigDecimal amount, String currency) {

    Money {
        amount = amount.setScale(2, RoundingMode.UNNECESSARY);
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
