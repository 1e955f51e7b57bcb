package dev.caravan.payment;

/**
 * Money to take from a card.
 *
 * @param cardToken the gateway's name for the card; its number is known to the gateway alone
 */
public record Charge(String idempotencyKey, Money money, String cardToken) {

    @Override
    public String toString() {
        return "Charge[" + idempotencyKey + ", " + money + "]";
    }
}
