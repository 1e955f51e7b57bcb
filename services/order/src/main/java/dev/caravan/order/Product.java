package dev.caravan.order;

import java.math.BigDecimal;

/** An entry of the price list. */
record Product(String productId, BigDecimal unitPrice, String currency) {

    Money price() {
        return new Money(unitPrice, currency);
    }
}
