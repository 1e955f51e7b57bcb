package dev.caravan.order;

import java.util.List;
import java.util.concurrent.CompletableFuture;

/** A gateway that gives a token for each card but one. */
class FakeCardTokens implements CardTokens {

    static final String REFUSED = "4999999999999999";

    @Override
    public CompletableFuture<String> exchange(String card) {
        return card.equals(REFUSED)
                ? CompletableFuture.failedFuture(new InvalidOrderException(
                        List.of(new FieldProblem("card", "is not taken by the payment gateway"))))
                : CompletableFuture.completedFuture("token-for-" + card.substring(card.length() - 4));
    }
}
