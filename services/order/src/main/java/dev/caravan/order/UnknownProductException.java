package dev.caravan.order;

/** There is no such product on the price list. Nothing is recorded. */
public class UnknownProductException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    UnknownProductException(String message) {
        super(message);
    }
}
