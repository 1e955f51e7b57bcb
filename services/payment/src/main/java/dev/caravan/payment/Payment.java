package dev.caravan.payment;

import java.time.Instant;

/**
 * The payment of an order.
 *
 * @param gatewayReference the gateway's name for the charge, {@code null} until there is one
 */
record Payment(
        String paymentId,
        String orderId,
        Money money,
        String cardLast4,
        PaymentStatus status,
        String gatewayReference,
        Instant createdAt) {

    /** The same however often the payment is tried: the gateway charges each key at most once. */
    String idempotencyKey() {
        return "payment-" + orderId;
    }
}
