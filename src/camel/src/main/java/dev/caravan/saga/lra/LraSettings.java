package dev.caravan.saga.lra;

import dev.caravan.saga.time.Backoff;
import java.net.URI;
import java.time.Duration;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * How to speak with an LRA coordinator.
 *
 * @param coordinator its URL with the context path, without a slash at the end; asked when first needed
 * @param transport how requests get there; {@code null}: over HTTP
 * @param coordinatorSecret sent to it with each request; {@code null} or blank: none
 * @param participant the URL under which the coordinator reaches this application's callbacks
 * @param clientId how the application is called in the coordinator's lists
 * @param requestTimeout of every request to the coordinator
 * @param callbackTimeout how long a callback waits before it is answered 202
 * @param callbackSecret 16 bytes or more; the same for all instances and after a restart
 * @param retry delays between requests to a coordinator that does not answer or is not done
 */
public record LraSettings(
        Supplier<URI> coordinator,
        @Nullable CoordinatorTransport transport,
        @Nullable String coordinatorSecret,
        Supplier<URI> participant,
        String clientId,
        Duration requestTimeout,
        Duration callbackTimeout,
        byte[] callbackSecret,
        Backoff retry) {}
