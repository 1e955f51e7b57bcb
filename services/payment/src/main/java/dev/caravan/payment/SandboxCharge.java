package dev.caravan.payment;

/**
 * What the sandbox remembers of an idempotency key.
 *
 * @param attempts how often a charge was asked for
 */
record SandboxCharge(String chargeId, int attempts, Status status) {

    enum Status {
        /** Asked for, not decided. */
        NEW,
        CHARGED,
        DECLINED,
        REFUNDED,
        /** Refunded before it was charged. */
        BARRED
    }
}
