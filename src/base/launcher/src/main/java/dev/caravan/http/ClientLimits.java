package dev.caravan.http;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * How long the server waits for its clients: {@code caravan.http.body-timeout}, and with it
 * {@code caravan.http.read-timeout} and {@code caravan.http.max-body}.
 *
 * @param bodyTimeout Time in which the body of a request has to come, as a whole; 408 after it. Unset: there is no limit.
 * @param readTimeout Time that may pass between two bytes of a body.
 * @param maxBody Size of a body; 413 beyond it.
 */
@ConfigurationProperties("caravan.http")
record ClientLimits(
        Duration bodyTimeout,
        @DefaultValue("5s") Duration readTimeout,
        @DefaultValue("2MB") DataSize maxBody) {}
