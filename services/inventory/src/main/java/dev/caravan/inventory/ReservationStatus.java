package dev.caravan.inventory;

/** What has become of a reservation. */
public enum ReservationStatus {
    /** Set aside: no longer available, not yet gone. */
    RESERVED,
    /** Available again. */
    RELEASED,
    /** Sold. */
    CONFIRMED;

    /**
     * @return false if there is nothing left to do
     * @throws IllegalStateException the reservation has ended the other way
     */
    boolean mayBecome(ReservationStatus next, String orderId) {
        if (this == next) {
            return false;
        }
        if (this != RESERVED) {
            throw new IllegalStateException("The reservation of order " + orderId + " is " + this
                    + " and cannot become " + next + " any more; compare the order with its stock by hand");
        }
        return true;
    }
}
