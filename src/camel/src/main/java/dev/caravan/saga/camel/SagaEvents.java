package dev.caravan.saga.camel;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.caravan.saga.Printable;
import dev.caravan.saga.SagaId;
import dev.caravan.saga.engine.SagaLogger;
import dev.caravan.saga.engine.SagaMention;
import dev.caravan.saga.message.MalformedMessageException;
import dev.caravan.saga.message.MessageCodec;
import dev.caravan.saga.message.SensitiveFields;
import dev.caravan.saga.participant.StepRejectedException;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.camel.Exchange;
import org.slf4j.Logger;

/**
 * The events between the services of a choreographed saga, as the bean {@code sagaEvents} for routes: JSON objects with a
 * {@code type}, and a {@code version} where it is not 1; the saga's id is in the header {@code Long-Running-Action}, its key,
 * if it has one, in {@code saga-key}, and its trace, where there are traces, in {@code traceparent}.
 */
public class SagaEvents {

    /** The version of events that is understood. */
    public static final int VERSION = 1;

    private static final Logger LOGGER = SagaLogger.of(SagaEvents.class);

    private final ObjectMapper json = new MessageCodec().json();
    private final Payloads payloads = new Payloads(json);
    private final List<SagaEventListener> listeners;

    private final SensitiveFields sensitive;
    private final SagaStarter.Origin origin;

    /** Events are as they are. */
    public SagaEvents(List<SagaEventListener> listeners) {
        this(listeners, SensitiveFields.NONE);
    }

    /** @param sensitive what is encrypted in events that are written, and decrypted in those that are read */
    public SagaEvents(List<SagaEventListener> listeners, SensitiveFields sensitive) {
        this(listeners, sensitive, Map::of);
    }

    /**
     * @param sensitive what is encrypted in events that are written, and decrypted in those that are read
     * @param origin what goes with each event: the trace that it belongs to
     */
    public SagaEvents(List<SagaEventListener> listeners, SensitiveFields sensitive, SagaStarter.Origin origin) {
        this.listeners = List.copyOf(listeners);
        this.sensitive = sensitive;
        this.origin = origin;
    }

    /**
     * Reads an event: the body is its fields from here on.
     *
     * @throws MalformedMessageException it is no event of a saga; the text says what is wrong
     */
    public void read(Exchange exchange) {
        byte[] body = exchange.getMessage().getBody(byte[].class);
        exchange.setProperty(SagaConstants.EVENT_PROPERTY, body);
        JsonNode node = parse(body);
        if (!node.path("type").isTextual()) {
            throw new MalformedMessageException("Field 'type' is missing. Expected text", null);
        }
        String saga = LongRunningAction.of(exchange).orElse("");
        if (!SagaId.isValid(LongRunningAction.lastOf(saga))) {
            throw new MalformedMessageException(
                    "Header '%s' is missing or names no saga".formatted(Exchange.SAGA_LONG_RUNNING_ACTION), null);
        }
        exchange.getMessage().setHeader(Exchange.SAGA_LONG_RUNNING_ACTION, saga);
        exchange.getMessage().setBody(payloads.fromJson(sensitive.openAll(node)));
    }

    private JsonNode parse(byte[] body) {
        try {
            JsonNode node = json.readTree(body == null ? new byte[0] : body);
            if (!node.isObject()) {
                throw new MalformedMessageException("Expected a JSON object", null);
            }
            return node;
        } catch (IOException e) {
            throw new MalformedMessageException("Not JSON: " + e.getMessage(), e);
        }
    }

    /**
     * True for an event of one of these types, in the version that is understood.
     *
     * @param types with commas between them
     */
    public boolean is(Map<String, Object> event, String types) {
        return List.of(types.split(",")).contains(String.valueOf(event.get("type")))
                && Integer.valueOf(VERSION).equals(event.getOrDefault("version", VERSION));
    }

    /** An event with the fields of a message, for instance {@code {orderId, items}}. */
    public Map<String, Object> event(String type, Map<String, Object> fields) {
        return event(type, fields, Map.of());
    }

    /** An event with the fields of the one before, and of what was done since; of two, the later counts. */
    public Map<String, Object> event(String type, Map<String, Object> before, Map<String, Object> done) {
        Map<String, Object> event = new LinkedHashMap<>();
        event.put("type", type);
        event.putAll(before);
        event.putAll(done);
        event.put("type", type);
        return event;
    }

    /**
     * The event that says that a step was rejected, with the reason.
     *
     * @param key the field that says of what, for instance {@code orderId}
     */
    public Map<String, Object> failure(String type, String key, Object value, StepRejectedException rejection) {
        return event(
                type, Map.of(key, value, "code", rejection.code(), "reason", String.valueOf(rejection.getMessage())));
    }

    /**
     * The same event without fields that are nobody else's business.
     *
     * @param fields with commas between them
     */
    public Map<String, Object> without(Map<String, Object> event, String fields) {
        Map<String, Object> rest = new LinkedHashMap<>(event);
        List.of(fields.split(",")).forEach(rest::remove);
        return rest;
    }

    /** An event that is nothing to this service, or of a version that is not understood, is counted and forgotten. */
    public void ignore(Exchange exchange) {
        String topic = exchange.getMessage().getHeader("kafka.TOPIC", String.class);
        LOGGER.debug("Ignored an event of {}", topic);
        listeners.forEach(listener -> listener.onIgnored(topic));
    }

    /** An event came after the end of its saga. It is counted, and changes nothing. */
    void late(Exchange exchange, Exception reason) {
        String topic = exchange.getMessage().getHeader("kafka.TOPIC", String.class);
        LOGGER.info(
                "An event of {} for saga {} came too late: {}",
                topic,
                MentionedSaga.inFull(exchange),
                Printable.of(reason.getMessage()));
        listeners.forEach(listener -> listener.onLate(topic));
    }

    /**
     * An event as it goes out: JSON as the body, the saga's id as the key. A field without a value is left out.
     *
     * @throws IllegalStateException the message belongs to no saga
     */
    public void write(Exchange exchange) throws JsonProcessingException {
        String saga = LongRunningAction.of(exchange)
                .orElseThrow(() -> new IllegalStateException("An event of no saga cannot be published"));
        origin.headers().forEach(exchange.getMessage()::setHeader);
        MentionedSaga.keyOf(exchange).ifPresent(key -> exchange.getMessage().setHeader(SagaMention.KEY_HEADER, key));
        Object body = exchange.getMessage().getBody();
        exchange.getMessage()
                .setHeader("kafka.KEY", LongRunningAction.sagaId(saga).value());
        exchange.getMessage()
                .setBody(json.writeValueAsString(sensitive.isOff() ? body : sensitive.seal(json.valueToTree(body))));
    }
}
