package dev.caravan.payment;

/** The gateway did not answer in time. Money may have been taken: refund, do not try again. */
public class GatewayTimeoutException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    GatewayTimeoutException(String message, Throwable cause) {
        super(message, cause);
    }
}
