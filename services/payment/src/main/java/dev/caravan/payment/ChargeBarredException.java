package dev.caravan.payment;

/** The gateway has refunded this key before and takes nothing under it any more. */
public class ChargeBarredException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    ChargeBarredException(String message) {
        super(message);
    }
}
