package dev.caravan.inventory;

/** There is no such product in stock. Nothing is reserved. */
public class UnknownProductException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    UnknownProductException(String message) {
        super(message);
    }
}
