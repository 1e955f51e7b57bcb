package dev.caravan.order;

/** Another saga has this order. */
public class OrderExistsException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    OrderExistsException(String message) {
        super(message);
    }
}
