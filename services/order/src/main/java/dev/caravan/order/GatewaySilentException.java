package dev.caravan.order;

/** The payment gateway gave no token. Nothing has begun. */
class GatewaySilentException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    GatewaySilentException(String message, Throwable cause) {
        super(message, cause);
    }
}
