package dev.caravan.saga.camel;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.camel.CamelContext;
import org.apache.camel.Endpoint;
import org.apache.camel.ExtendedCamelContext;
import org.apache.camel.saga.CamelSagaStep;
import org.apache.camel.util.URISupport;

/**
 * The addresses of compensations and completions as the saga log has them: without passwords. Each context knows those
 * of its own routes, also after a crash, because its routes name them again. Thread-safe.
 */
final class CallbackAddresses {

    private final Map<String, String> shown = new ConcurrentHashMap<>();
    private final Map<String, String> known = new ConcurrentHashMap<>();

    private CallbackAddresses() {}

    /** Those of this context's routes. */
    static synchronized CallbackAddresses of(CamelContext context) {
        ExtendedCamelContext extension = context.getCamelContextExtension();
        CallbackAddresses addresses = extension.getContextPlugin(CallbackAddresses.class);
        if (addresses == null) {
            addresses = new CallbackAddresses();
            extension.addContextPlugin(CallbackAddresses.class, addresses);
        }
        return addresses;
    }

    /**
     * Of a block, when its route is made.
     *
     * @throws IllegalArgumentException two addresses differ in a secret only, so that the log could not tell them apart
     */
    static void register(CamelContext context, CamelSagaStep step) {
        CallbackAddresses addresses = of(context);
        step.getCompensation().ifPresent(addresses::register);
        step.getCompletion().ifPresent(addresses::register);
    }

    private void register(Endpoint endpoint) {
        String uri = endpoint.getEndpointUri();
        String other = known.putIfAbsent(inLog(uri), uri);
        if (other != null && !other.equals(uri)) {
            throw new IllegalArgumentException(
                    "Two compensations or completions have the address %s and differ in what is secret, which the saga log"
                                    .formatted(inLog(uri))
                            + " does not keep. Put each behind a direct: route of its own");
        }
    }

    /** What the log says in the place of this address. */
    String inLog(String uri) {
        return shown.computeIfAbsent(uri, URISupport::sanitizeUri);
    }

    /** The address that the log means. */
    String meant(String inLog) {
        return known.getOrDefault(inLog, inLog);
    }
}
