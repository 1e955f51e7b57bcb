package dev.caravan.saga.camel;

import dev.caravan.saga.message.CredentialHeaders;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Which headers of a Camel context carry credentials: the bean {@value #BEAN} of its registry, or those of HTTP alone. */
public final class Credentials {

    public static final String BEAN = "caravanCredentialHeaders";

    private static final Logger LOGGER = LoggerFactory.getLogger(Credentials.class);
    private static final Set<String> WARNED = ConcurrentHashMap.newKeySet();

    private Credentials() {}

    public static CredentialHeaders of(CamelContext context) {
        CredentialHeaders configured = context.getRegistry().lookupByNameAndType(BEAN, CredentialHeaders.class);
        return configured == null ? CredentialHeaders.DEFAULT : configured;
    }

    /** Whether an option is named like such a header, or has the value of one that the exchange carries. Warns once then. */
    static boolean isInOption(Exchange exchange, String option, Object value) {
        CredentialHeaders names = of(exchange.getContext());
        boolean credential =
                names.contains(option) || isValueOfOne(exchange.getIn().getHeaders(), names, value);
        if (credential && WARNED.add(exchange.getFromRouteId() + "/" + option)) {
            LOGGER.warn(
                    "Option {} of a step in route {} is a credential, and is not kept: what is in the saga log can be read for"
                            + " as long as Kafka keeps it. Let the compensation get its own, for instance from the settings",
                    option,
                    exchange.getFromRouteId());
        }
        return credential;
    }

    private static boolean isValueOfOne(Map<String, Object> headers, CredentialHeaders names, Object value) {
        String text = String.valueOf(value);
        return headers.entrySet().stream()
                .filter(header -> header.getValue() != null && names.contains(header.getKey()))
                .map(header -> header.getValue().toString())
                .anyMatch(secret -> !secret.isBlank() && text.contains(secret));
    }
}
