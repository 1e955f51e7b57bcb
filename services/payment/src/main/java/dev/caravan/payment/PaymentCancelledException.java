package dev.caravan.payment;

/** The payment was called off. No money is kept. */
public class PaymentCancelledException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    PaymentCancelledException(String message) {
        super(message);
    }
}
