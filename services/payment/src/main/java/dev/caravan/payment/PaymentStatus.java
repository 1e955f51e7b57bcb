package dev.caravan.payment;

/** What has become of a payment. The sum of all that are COMPLETED is the money taken. */
public enum PaymentStatus {
    /** The gateway is asked, or is about to be. */
    PROCESSING,
    /** The gateway has taken the money. */
    COMPLETED,
    /** The gateway refused. */
    DECLINED,
    /** The money was taken and is returned. */
    REFUNDED,
    /** No money was taken, and none will be. */
    CANCELLED
}
