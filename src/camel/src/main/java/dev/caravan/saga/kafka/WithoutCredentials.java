package dev.caravan.saga.kafka;

import dev.caravan.saga.message.CredentialHeaders;
import org.apache.camel.Exchange;
import org.apache.camel.spi.HeaderFilterStrategy;

/** What Camel's component {@code kafka} sends out, without the headers that carry credentials. */
final class WithoutCredentials implements HeaderFilterStrategy {

    private final CredentialHeaders credentials;
    private final HeaderFilterStrategy other;

    /** @param other decides about all other headers */
    WithoutCredentials(CredentialHeaders credentials, HeaderFilterStrategy other) {
        this.credentials = credentials;
        this.other = other;
    }

    @Override
    public boolean applyFilterToCamelHeaders(String name, Object value, Exchange exchange) {
        return credentials.contains(name) || other.applyFilterToCamelHeaders(name, value, exchange);
    }

    @Override
    public boolean applyFilterToExternalHeaders(String name, Object value, Exchange exchange) {
        return other.applyFilterToExternalHeaders(name, value, exchange);
    }
}
