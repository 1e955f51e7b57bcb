package dev.caravan.order;

import java.util.concurrent.CompletableFuture;

/**
 * Exchanges the number of a card for a token of the payment gateway, before a saga starts: so the number is in no
 * message, and in nothing that keeps messages.
 */
@FunctionalInterface
public interface CardTokens {

    /**
     * Holds no thread while the gateway takes its time.
     *
     * @return the token; fails with {@link InvalidOrderException} if the gateway does not take the number, and with
     *     {@link GatewaySilentException} if it says nothing that can be used
     */
    CompletableFuture<String> exchange(String card);
}
