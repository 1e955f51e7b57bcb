package dev.caravan.payment;

/** Money to take from a card. */
public record Charge(String idempotencyKey, Money money, String card) {

    @Override
    public String toString() {
        return "Charge[" + idempotencyKey + ", " + money + "]";
    }
}
