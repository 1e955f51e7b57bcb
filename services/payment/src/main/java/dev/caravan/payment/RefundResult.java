package dev.caravan.payment;

/**
 * What is answered when no money of the order is kept.
 *
 * @param paymentId {@code null} if there was no payment
 * @param status REFUNDED, or what ended the payment before money was taken: CANCELLED, DECLINED
 */
public record RefundResult(String orderId, String paymentId, PaymentStatus status) {}
