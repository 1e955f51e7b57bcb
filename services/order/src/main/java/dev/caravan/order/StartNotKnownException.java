package dev.caravan.order;

/** Somebody was asked to start the saga of an order, and whether that happened is not known: it may have. */
class StartNotKnownException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    StartNotKnownException(String message, Throwable cause) {
        super(message, cause);
    }
}
