package dev.caravan.inventory;

/** There is less of a product than is wanted. Nothing is reserved. */
public class OutOfStockException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    OutOfStockException(String message) {
        super(message);
    }
}
