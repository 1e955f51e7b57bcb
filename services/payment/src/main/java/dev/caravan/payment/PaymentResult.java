package dev.caravan.payment;

import java.math.BigDecimal;

/** What is answered when the payment was taken. */
public record PaymentResult(
        String paymentId, String orderId, BigDecimal amount, String currency, PaymentStatus status) {

    static PaymentResult completed(Payment payment) {
        return new PaymentResult(
                payment.paymentId(),
                payment.orderId(),
                payment.money().amount(),
                payment.money().currency(),
                PaymentStatus.COMPLETED);
    }
}
