package dev.caravan.payment;

/** The gateway refuses the card. Nothing was taken. */
public class CardDeclinedException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    CardDeclinedException(String message) {
        super(message);
    }
}
