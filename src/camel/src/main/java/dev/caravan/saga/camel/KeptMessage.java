package dev.caravan.saga.camel;

import com.fasterxml.jackson.databind.JsonNode;
import dev.caravan.saga.camel.KeptValues.Place;
import dev.caravan.saga.message.CredentialHeaders;
import dev.caravan.saga.state.Kept;
import dev.caravan.saga.state.SagaEvent;
import dev.caravan.saga.state.StepLeft;
import java.util.Collection;
import java.util.Date;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangePattern;
import org.apache.camel.ExchangePropertyKey;
import org.apache.camel.StreamCache;
import org.apache.camel.support.DefaultExchange;
import org.apache.camel.trait.message.MessageTrait;
import org.jspecify.annotations.Nullable;

/**
 * A message as its route sees it, in the form of the saga log: body, headers, exchange properties and variables. What
 * is Camel's own and belongs to one run, such as a request, a connection or the destination of a JMS provider, is left out;
 * so are secrets.
 */
public record KeptMessage(
        @Nullable JsonNode body,
        Map<String, Object> headers,
        @Nullable Kept kept) {

    /** Of these are objects of one run: requests, connections, spans. */
    private static final List<String> TECHNICAL =
            List.of("org.apache.", "org.springframework.", "io.micrometer.", "io.opentelemetry.", "jakarta.servlet.");

    /** Of Camel's own properties, those by which a route knows what its message is one of, or what became of it. */
    private static final Set<ExchangePropertyKey> TOLD = EnumSet.of(
            ExchangePropertyKey.SPLIT_INDEX,
            ExchangePropertyKey.SPLIT_SIZE,
            ExchangePropertyKey.SPLIT_COMPLETE,
            ExchangePropertyKey.LOOP_INDEX,
            ExchangePropertyKey.LOOP_SIZE,
            ExchangePropertyKey.MULTICAST_INDEX,
            ExchangePropertyKey.BATCH_INDEX,
            ExchangePropertyKey.BATCH_SIZE,
            ExchangePropertyKey.BATCH_COMPLETE,
            ExchangePropertyKey.AGGREGATED_SIZE,
            ExchangePropertyKey.AGGREGATED_COMPLETED_BY,
            ExchangePropertyKey.AGGREGATED_CORRELATION_KEY,
            ExchangePropertyKey.CHARSET_NAME,
            ExchangePropertyKey.DUPLICATE_MESSAGE,
            ExchangePropertyKey.CIRCUIT_BREAKER_RESPONSE_SUCCESSFUL_EXECUTION,
            ExchangePropertyKey.CIRCUIT_BREAKER_RESPONSE_FROM_FALLBACK,
            ExchangePropertyKey.CIRCUIT_BREAKER_RESPONSE_SHORT_CIRCUITED,
            ExchangePropertyKey.CIRCUIT_BREAKER_RESPONSE_TIMED_OUT,
            ExchangePropertyKey.CIRCUIT_BREAKER_RESPONSE_REJECTED,
            ExchangePropertyKey.CIRCUIT_BREAKER_RESPONSE_IGNORED);

    /** The same of a timer's. */
    private static final List<String> TOLD_BY_TIMER = List.of(
            Exchange.TIMER_NAME,
            Exchange.TIMER_COUNTER,
            Exchange.TIMER_PERIOD,
            Exchange.TIMER_TIME,
            Exchange.TIMER_FIRED_TIME);

    private static final String BODY = "body";
    private static final String HEADERS = "headers";

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
        if (exchange.getIn().getPayloadForTrait(MessageTrait.ATTACHMENTS) instanceof Map<?, ?> files
                && !files.isEmpty()) {
            throw new NotKeptException(
                    "the attachment '%s'".formatted(files.keySet().iterator().next()),
                    "beside the message",
                    "make it a header or the body, or remove it before <saga>");
        }
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
        properties.putAll(write(values, "properties", "exchange property", told(exchange), name -> true));
        if (exchange.getProperty(ExchangePropertyKey.CLAIM_CHECK_REPOSITORY) instanceof KeptClaims claims) {
            properties.put(
                    KeptClaims.PROPERTY,
                    claims.write(
                            new Place("a claim", "/properties").in(KeptClaims.PROPERTY),
                            (place, claim) -> claim(values, place, claim, credentials)));
        }
        Map<String, Object> variables = exchange.hasVariables()
                ? write(values, "variables", "variable", exchange.getVariables(), name -> !credentials.contains(name))
                : Map.of();
        String pattern = exchange.getPattern() == ExchangePattern.InOut
                ? null
                : exchange.getPattern().name();
        return new KeptMessage(body, headers, Kept.of(properties, variables, kinds, pattern));
    }

    private static Map<String, Object> told(Exchange exchange) {
        Map<String, Object> told = new LinkedHashMap<>();
        Stream.concat(TOLD.stream().map(ExchangePropertyKey::getName), TOLD_BY_TIMER.stream())
                .forEach(name -> {
                    Object value = exchange.getProperty(name);
                    if (value instanceof String
                            || value instanceof Number
                            || value instanceof Boolean
                            || value instanceof Date) {
                        told.put(name, value);
                    }
                });
        return told;
    }

    private static Map<String, Object> claim(
            KeptValues values, Place place, Exchange claim, CredentialHeaders credentials) {
        KeptValues.makeReadable(claim);
        Map<String, Object> written = new LinkedHashMap<>();
        written.put(BODY, values.write(place.in(BODY), claim.getIn().getBody()));
        written.put(
                HEADERS,
                write(
                        values,
                        place.in(HEADERS).pointer().substring(1),
                        "header",
                        claim.getIn().getHeaders(),
                        name -> isHeader(name, credentials)));
        return written;
    }

    private static Exchange claim(CamelContext context, Map<?, ?> read) {
        Exchange claim = new DefaultExchange(context);
        claim.getIn().setBody(read.get(BODY));
        ((Map<?, ?>) Objects.requireNonNull(read.get(HEADERS)))
                .forEach((name, value) -> claim.getIn().setHeader((String) name, value));
        return claim;
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
        exchange.setPattern(rest.pattern() == null ? ExchangePattern.InOut : ExchangePattern.valueOf(rest.pattern()));
        exchange.getIn().setBody(values.readBody(body));
        read(values, "headers", headers).forEach(exchange.getIn()::setHeader);
        read(values, "properties", rest.properties())
                .forEach((name, value) -> exchange.setProperty(
                        name,
                        name.equals(KeptClaims.PROPERTY)
                                ? KeptClaims.read(
                                        (Map<?, ?>) value, read -> claim(exchange.getContext(), (Map<?, ?>) read))
                                : value));
        read(values, "variables", rest.variables()).forEach(exchange::setVariable);
    }

    private static Map<String, Object> read(KeptValues values, String where, Map<String, Object> written) {
        Map<String, Object> read = new LinkedHashMap<>();
        written.forEach((name, value) ->
                read.put(name, values.read(new Place("'%s'".formatted(name), "/" + where).in(name), value)));
        return read;
    }
}
