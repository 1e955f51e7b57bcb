package dev.caravan.payment;

/**
 * Who moves the money. All calls are safe to repeat, those that move money with the same key.
 *
 * <p>Each may throw {@link GatewayUnavailableException} (try again) or {@link GatewayTimeoutException} (it may have
 * happened).
 */
public interface PaymentGateway {

    /**
     * Exchanges the number of a card for a token, which only this gateway can use. Nothing is charged.
     *
     * @throws IllegalArgumentException it is no number of a card
     */
    String tokenOf(String card);

    /**
     * Takes money from a card, at most once for each key.
     *
     * @return the gateway's name for the charge
     * @throws CardDeclinedException nothing was taken
     * @throws ChargeBarredException the key was refunded before; nothing is taken
     */
    String charge(Charge charge);

    /** Returns what was taken under a key, and bars the key: a charge that arrives later is refused. */
    Refund refund(String idempotencyKey);

    /** What a refund came to. */
    enum Refund {
        /** The money is returned. */
        REFUNDED,
        /** No money had been taken. */
        NOTHING_CHARGED
    }
}
