package dev.caravan.shipping;

/** No carrier goes to the country. Nothing is prepared. */
public class NotShippableException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    NotShippableException(String message) {
        super(message);
    }
}
