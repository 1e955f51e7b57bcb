package dev.caravan.saga.camel;

import com.fasterxml.jackson.databind.JsonNode;
import dev.caravan.saga.camel.KeptValues.Place;
import dev.caravan.saga.message.CredentialHeaders;
import dev.caravan.saga.state.Kept;
import dev.caravan.saga.state.SagaEvent;
import dev.caravan.saga.state.StepLeft;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.apache.camel.Exchange;
import org.apache.camel.StreamCache;
import org.apache.camel.support.ExchangeHelper;

/**
 * A message as its route sees it, in the form of the saga log: body, headers, exchange properties and variables. What
 * is Camel's own and belongs to one run, such as a request, a connection or the destination of a JMS provider, is left out;
 * so are secrets.
 */
public record KeptMessage(JsonNode body, Map<String, Object> headers, Kept kept) {

    /** Of these are objects of one run: requests, connections, spans. */
    private static final List<String> TECHNICAL =
            List.of("org.apache.", "org.springframework.", "io.micrometer.", "io.opentelemetry.", "jakarta.servlet.");

    /** For a saga whose route is not run again. */
    public static KeptMessage ifPossible(Exchange exchange) {
        try {
            return of(exchange);
        } catch (NotKeptException e) {
            return new KeptMessage(null, Map.of(), null);
        }
    }

    /**
     * Reads the message; a stream that can be read only once is replaced by one that can be read again.
     *
     * @throws NotKeptException something would not come back as it is
     */
    public static KeptMessage of(Exchange exchange) {
        Map<String, String> kinds = new LinkedHashMap<>();
        KeptValues values = new KeptValues(exchange.getContext(), kinds);
        CredentialHeaders credentials = Credentials.of(exchange.getContext());
        JsonNode body = values.writeBody(exchange);
        Map<String, Object> headers =
                write(values, "headers", "header", exchange.getIn().getHeaders(), name -> isHeader(name, credentials));
        Map<String, Object> properties = write(
                values,
                "properties",
                "exchange property",
                exchange.getProperties(),
                name -> isOwn(name) && !credentials.contains(name));
        Map<String, Object> variables = exchange.hasVariables()
                ? write(values, "variables", "variable", exchange.getVariables(), name -> !credentials.contains(name))
                : Map.of();
        return new KeptMessage(body, headers, Kept.of(properties, variables, kinds));
    }

    private static Map<String, Object> write(
            KeptValues values, String where, String what, Map<String, Object> map, Predicate<String> kept) {
        Map<String, Object> written = new LinkedHashMap<>();
        map.forEach((name, value) -> {
            if (kept.test(name) && !isTechnical(value)) {
                Place place = new Place("%s '%s'".formatted(what, name), "/" + where).in(name);
                try {
                    written.put(name, values.write(place, value));
                } catch (NotKeptException e) {
                    if (!isOfComponent(name)) {
                        throw e;
                    }
                }
            }
        });
        return written;
    }

    /** Set by a consumer of Camel's, not by the route: the destination of a JMS provider, the request of an HTTP server. */
    private static boolean isOfComponent(String name) {
        return name.startsWith("Camel") || name.startsWith("JMS");
    }

    private static boolean isTechnical(Object value) {
        if (value == null || value instanceof Map || value instanceof Collection || value instanceof StreamCache) {
            return false;
        }
        String type = value.getClass().getName();
        return TECHNICAL.stream().anyMatch(type::startsWith);
    }

    /** Those that may be in a log. */
    static Map<String, Object> ownHeaders(Map<String, Object> headers, CredentialHeaders credentials) {
        Map<String, Object> own = new LinkedHashMap<>(headers);
        own.keySet().removeIf(name -> !isHeader(name, credentials));
        return own;
    }

    private static boolean isHeader(String name, CredentialHeaders credentials) {
        return !credentials.contains(name) && !name.equalsIgnoreCase(Exchange.SAGA_LONG_RUNNING_ACTION);
    }

    private static boolean isOwn(String name) {
        return !name.startsWith("Camel") && !name.startsWith("Caravan");
    }

    /** As START has it; one of an older version has no kinds. */
    static KeptMessage of(SagaEvent.Start start) {
        return new KeptMessage(start.body(), start.headers(), start.kept());
    }

    /** As the block of a step left it. */
    static KeptMessage of(StepLeft left) {
        return new KeptMessage(left.body(), left.headers(), left.kept());
    }

    /** Gives the message to an exchange in place of the one that it has; what is never kept stays. */
    void replace(Exchange exchange) {
        ExchangeHelper.prepareOutToIn(exchange);
        CredentialHeaders credentials = Credentials.of(exchange.getContext());
        exchange.getIn()
                .getHeaders()
                .entrySet()
                .removeIf(header -> isHeader(header.getKey(), credentials) && !isTechnical(header.getValue()));
        new LinkedHashMap<>(exchange.getProperties()).forEach((name, value) -> {
            if (isOwn(name) && !credentials.contains(name) && !isTechnical(value)) {
                exchange.removeProperty(name);
            }
        });
        if (exchange.hasVariables()) {
            new LinkedHashMap<>(exchange.getVariables()).forEach((name, value) -> {
                if (!credentials.contains(name) && !isTechnical(value)) {
                    exchange.removeVariable(name);
                }
            });
        }
        restore(exchange);
    }

    /** Gives the message to an exchange. */
    void restore(Exchange exchange) {
        Kept rest = kept == null ? Kept.NOTHING : kept;
        KeptValues values = new KeptValues(exchange.getContext(), rest.kinds());
        exchange.getIn().setBody(values.readBody(body));
        read(values, "headers", headers).forEach(exchange.getIn()::setHeader);
        read(values, "properties", rest.properties()).forEach(exchange::setProperty);
        read(values, "variables", rest.variables()).forEach(exchange::setVariable);
    }

    private static Map<String, Object> read(KeptValues values, String where, Map<String, Object> written) {
        Map<String, Object> read = new LinkedHashMap<>();
        written.forEach((name, value) ->
                read.put(name, values.read(new Place("'%s'".formatted(name), "/" + where).in(name), value)));
        return read;
    }
}
