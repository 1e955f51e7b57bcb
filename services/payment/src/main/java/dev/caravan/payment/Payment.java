package dev.caravan.payment;

import java.time.Instant;

/**
 * The payment of an order.
 *
 * @param idempotencyKey the gateway charges it at most once, however often the payment is tried
 * @param gatewayReference the gateway's name for the charge, {@code null} until there is one
 */
record Payment(
        String paymentId,
        String orderId,
        String idempotencyKey,
        Money money,
        String cardLast4,
        PaymentStatus status,
        String gatewayReference,
        Instant createdAt) {}
