package dev.caravan.payment;

/** The gateway cannot be reached or is in trouble. The same call may be tried again. */
public class GatewayUnavailableException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    GatewayUnavailableException(String message, Throwable cause) {
        super(message, cause);
    }
}
