package dev.caravan.payment;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import java.math.BigDecimal;

/**
 * Asks for the payment of an order.
 *
 * @param cardToken what the gateway has given for the card before the saga began
 * @param cardLast4 the last digits of the card, for people; may be {@code null}
 * @param card the number of the card, in a command of an older version, which has no token; otherwise {@code null}
 */
@JsonIgnoreProperties(ignoreUnknown = true)
public record ProcessPayment(
        String orderId, BigDecimal total, String currency, String cardToken, String cardLast4, String card) {

    private static final int LAST = 4;
    private static final String UNKNOWN = "????";

    public ProcessPayment {
        if (orderId == null || cardToken == null && (card == null || card.length() < LAST)) {
            throw new IllegalArgumentException("ProcessPayment needs an orderId, a total, a currency and a cardToken");
        }
        if (cardLast4 == null || cardLast4.length() != LAST) {
            cardLast4 = card == null ? UNKNOWN : card.substring(card.length() - LAST);
        }
    }

    Money money() {
        return new Money(total, currency);
    }

    @Override
    public String toString() {
        return "ProcessPayment[orderId=" + orderId + ", total=" + total + " " + currency + ", card=…" + cardLast4 + "]";
    }
}
