package dev.caravan.order;

/** What has become of an order. */
public enum OrderStatus {
    /** Recorded; not paid, reserved and packed yet, or not known to be. */
    PENDING,
    /** Paid, in stock and prepared for shipping. */
    CONFIRMED,
    /** Called off. */
    CANCELLED;

    /**
     * @return false if there is nothing left to do
     * @throws IllegalStateException the order has ended the other way
     */
    boolean mayBecome(OrderStatus next, String orderId) {
        if (this == next) {
            return false;
        }
        if (this != PENDING) {
            throw new IllegalStateException("Order " + orderId + " is " + this + " and cannot become " + next
                    + " any more; compare it with its payment and its shipment by hand");
        }
        return true;
    }
}
