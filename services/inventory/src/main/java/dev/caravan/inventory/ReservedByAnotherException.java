package dev.caravan.inventory;

/** Somebody else has reserved the items of this order. */
public class ReservedByAnotherException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    ReservedByAnotherException(String message) {
        super(message);
    }
}
