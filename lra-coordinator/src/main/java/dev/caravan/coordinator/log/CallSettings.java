package dev.caravan.coordinator.log;

import java.net.URI;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/**
 * How participants are called.
 *
 * @param http sends one request
 * @param timeout how long one may take to answer
 * @param firstDelay before those that were not done are called again; it doubles
 * @param longestDelay up to this
 * @param giveUpAfter how long they are called; 0: for ever
 * @param threads how many LRAs are worked on at the same time
 */
public record CallSettings(
        Http http, Duration timeout, Duration firstDelay, Duration longestDelay, Duration giveUpAfter, int threads) {

    /** Fails when there is no answer. */
    @FunctionalInterface
    public interface Http {

        /** @param body {@code null}: none */
        CompletableFuture<HttpResponse<String>> send(String method, URI uri, Map<String, String> headers, String body);
    }
}
