package dev.caravan.payment;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;

/**
 * Asks for the payment of an order back.
 *
 * @param paymentId may be {@code null}: an order has one payment
 */
@JsonIgnoreProperties(ignoreUnknown = true)
public record RefundPayment(String orderId, String paymentId) {

    public RefundPayment {
        if (orderId == null) {
            throw new IllegalArgumentException("RefundPayment needs an orderId");
        }
    }
}
