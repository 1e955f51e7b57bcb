package dev.caravan.payment;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import java.math.BigDecimal;

/**
 * Asks for the payment of an order. The card number goes to the gateway; of this service, no table and no log file has
 * more than its last four digits. The command that it came in stays in Kafka for the retention of its topic, and so does
 * the entry of the saga log that the saga began with.
 */
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
