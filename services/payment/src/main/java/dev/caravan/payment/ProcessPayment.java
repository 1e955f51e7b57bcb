package dev.caravan.payment;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import java.math.BigDecimal;

/** Asks for the payment of an order. The card number goes to the gateway and nowhere else, not even into a log. */
@JsonIgnoreProperties(ignoreUnknown = true)
public record ProcessPayment(String orderId, BigDecimal total, String currency, String card) {

    public ProcessPayment {
        if (orderId == null || card == null || card.length() < 4) {
            throw new IllegalArgumentException("ProcessPayment needs an orderId, a total, a currency and a card");
        }
    }

    Money money() {
        return new Money(total, currency);
    }

    String cardLast4() {
        return card.substring(card.length() - 4);
    }

    @Override
    public String toString() {
        return "ProcessPayment[orderId=" + orderId + ", total=" + total + " " + currency + ", card=…" + cardLast4()
                + "]";
    }
}
