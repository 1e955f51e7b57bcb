package dev.caravan.saga.state;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.ser.std.ToStringSerializer;
import dev.caravan.saga.SagaId;
import dev.caravan.saga.Step;
import dev.caravan.saga.message.MalformedMessageException;
import dev.caravan.saga.message.MessageCodec;
import dev.caravan.saga.message.SensitiveFields;
import java.io.IOException;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Map;
import java.util.function.Predicate;

/**
 * Entries of the saga log as JSON: {@code {"sagaId", "sequence", "timestamp", "event": {"type", …}}}. An event of an
 * unknown type is read as {@link SagaEvent.Unknown} and written back as it was.
 */
public final class SagaLogCodec {

    private static final Map<String, Class<? extends SagaEvent>> TYPES = Map.ofEntries(
            Map.entry("START", SagaEvent.Start.class),
            Map.entry("RESUME", SagaEvent.Resume.class),
            Map.entry("SNAPSHOT", SagaEvent.Snapshot.class),
            Map.entry("SNAPSHOT_PART", SagaEvent.SnapshotPart.class),
            Map.entry("STEP_RETRY", SagaEvent.StepRetry.class),
            Map.entry("LIMIT", SagaEvent.Limit.class),
            Map.entry("ENLIST", SagaEvent.Enlist.class),
            Map.entry("SUCCESS", SagaEvent.Success.class),
            Map.entry("STEP_SENDS", Awaits.StepSends.class),
            Map.entry("STEP_AWAITS", Awaits.StepAwaits.class),
            Map.entry("STEP_REMINDER", Awaits.StepReminder.class),
            Map.entry("STEP_ANSWERED", Awaits.StepAnswered.class),
            Map.entry("SIGNAL", Awaits.Signal.class),
            Map.entry("STEP_REJECTED", SagaEvent.StepRejected.class),
            Map.entry("STEP_UNKNOWN", SagaEvent.StepUnknown.class),
            Map.entry("STEP_TIMEOUT", SagaEvent.StepTimeout.class),
            Map.entry("CHILD", Child.class),
            Map.entry("ATTRIBUTES", Attributes.class),
            Map.entry("BEGIN", Begin.class),
            Map.entry("OTHER_PATH", SagaEvent.OtherPath.class),
            Map.entry("STEP_UNDONE", SagaEvent.StepUndone.class),
            Map.entry("STEP_END", SagaEvent.StepEnd.class),
            Map.entry("LATE_REPLY", SagaEvent.LateReply.class),
            Map.entry("CLOSE", SagaEvent.Close.class),
            Map.entry("COMPLETE_SUCCESS", SagaEvent.CompleteSuccess.class),
            Map.entry("COMPLETE_RETRY", SagaEvent.CompleteRetry.class),
            Map.entry("COMPLETE_FAIL", SagaEvent.CompleteFail.class),
            Map.entry("COMPLETE", SagaEvent.Complete.class),
            Map.entry("FAIL", SagaEvent.Fail.class),
            Map.entry("TIMEOUT", SagaEvent.Timeout.class),
            Map.entry("COMPENSATE_SUCCESS", SagaEvent.CompensateSuccess.class),
            Map.entry("COMPENSATE_RETRY", SagaEvent.CompensateRetry.class),
            Map.entry("STEP_COMPENSATE_FAILED", SagaEvent.StepCompensateFailed.class),
            Map.entry("COMPENSATE_FAIL", SagaEvent.CompensateFail.class),
            Map.entry("COMPENSATE_COMPLETE", SagaEvent.CompensateComplete.class),
            Map.entry("RETRY", SagaEvent.Retry.class),
            Map.entry("RESOLVE", SagaEvent.Resolve.class),
            Map.entry("STEP_RESOLVED", StepResolved.class),
            Map.entry("STEP_CORRECTION", StepCorrection.class),
            Map.entry("STEP_ASKED", StepAsked.class),
            Map.entry("STEP_TOLD", StepTold.class),
            Map.entry("PAYLOAD_READ", PayloadRead.class),
            Map.entry("FORWARD_RETRY", SagaEvent.ForwardRetry.class),
            Map.entry("CALL", SagaEvent.Call.class),
            Map.entry("REQUEST", SagaEvent.Request.class),
            Map.entry("REFUSE", SagaEvent.Refuse.class),
            Map.entry("START_ANSWER", StartAnswer.class));

    private final ObjectMapper json = mapper();
    private final StreamingEntryReader streaming = new StreamingEntryReader(json, TYPES);
    private final StreamingEntryWriter writer = new StreamingEntryWriter(json);
    private final SensitiveFields sensitive;

    /** Payloads are as they are. */
    public SagaLogCodec() {
        this(SensitiveFields.NONE);
    }

    /** @param sensitive what is encrypted in entries that are written, and decrypted in those that are read */
    public SagaLogCodec(SensitiveFields sensitive) {
        this.sensitive = sensitive;
    }

    /** For events and states. */
    static ObjectMapper mapper() {
        return new MessageCodec()
                .json()
                .copy()
                .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
                .setAnnotationIntrospector(new RequiredMeansNotNull())
                .registerModule(new SimpleModule()
                        .addSerializer(SagaId.class, ToStringSerializer.instance)
                        .addDeserializer(SagaId.class, new SagaIdDeserializer())
                        .addSerializer(Step.class, ToStringSerializer.instance)
                        .addDeserializer(Step.class, new StepDeserializer()));
    }

    /** @throws IllegalArgumentException the name of a field is no text: the entry could not be read */
    public byte[] encode(SagaLogEntry entry) {
        boolean isItsRecord =
                !(entry.event() instanceof SagaEvent.Unknown || entry.event() instanceof SagaEvent.Request);
        return sensitive.isOff() && isItsRecord
                ? MessageCodec.readable(json, writer.write(entry))
                : MessageCodec.bytes(json, tree(entry));
    }

    private ObjectNode tree(SagaLogEntry entry) {
        ObjectNode node = json.createObjectNode();
        node.put("sagaId", entry.sagaId().value());
        node.put("sequence", entry.sequence());
        if (entry.epoch() > 0) {
            node.put("epoch", entry.epoch());
        }
        node.put("timestamp", entry.timestamp().toString());
        ObjectNode event = encode(entry.event());
        if (!sensitive.isOff()) {
            EventPayloads.change(event, sensitive::seal);
        }
        return node.set("event", event);
    }

    /** The event alone, with its type first; the caller's own copy. */
    public ObjectNode encode(SagaEvent event) {
        if (event instanceof SagaEvent.Unknown unknown) {
            return unknown.content().deepCopy();
        }
        ObjectNode node = json.createObjectNode().put("type", event.type());
        if (event instanceof SagaEvent.Request request) {
            node.put("id", request.id()).put("application", request.application());
            return node.set("event", encode(request.event()));
        }
        node.setAll((ObjectNode) json.valueToTree(event));
        return node;
    }

    /** @throws MalformedMessageException with a text that says which field is wrong */
    public SagaLogEntry decode(byte[] value) {
        if (value == null) {
            throw new MalformedMessageException("Not an entry of a saga log: the record has no value", null);
        }
        boolean mayBeEncrypted = !sensitive.isOff() && SensitiveFields.mayBeIn(value);
        return EntryRules.checked(
                mayBeEncrypted ? decodeTree(value) : streaming.read(value).orElseGet(() -> decodeTree(value)));
    }

    private SagaLogEntry decodeTree(byte[] value) {
        try {
            JsonNode node = json.readTree(value);
            if (!sensitive.isOff()) {
                EventPayloads.change(node.path("event"), sensitive::open);
            }
            return new SagaLogEntry(
                    new SagaId(field(node, "sagaId", JsonNode::isTextual).textValue()),
                    field(node, "sequence", SagaLogCodec::isLong).longValue(),
                    node.has("epoch")
                            ? field(node, "epoch", SagaLogCodec::isInt).intValue()
                            : 0,
                    Instant.parse(field(node, "timestamp", JsonNode::isTextual).textValue()),
                    decode((ObjectNode) field(node, "event", JsonNode::isObject)));
        } catch (IOException | IllegalArgumentException | DateTimeParseException e) {
            throw new MalformedMessageException("Not an entry of a saga log: " + e.getMessage(), e);
        }
    }

    private SagaEvent decode(ObjectNode node) throws JsonProcessingException {
        String type = field(node, "type", JsonNode::isTextual).textValue();
        Class<? extends SagaEvent> event = TYPES.get(type);
        if (event == SagaEvent.Request.class) {
            return new SagaEvent.Request(
                    field(node, "id", JsonNode::isTextual).textValue(),
                    field(node, "application", JsonNode::isTextual).textValue(),
                    decode((ObjectNode) field(node, "event", JsonNode::isObject)));
        }
        return event == null ? new SagaEvent.Unknown(type, node) : json.treeToValue(node, event);
    }

    private static boolean isLong(JsonNode node) {
        return node.isIntegralNumber() && node.canConvertToLong();
    }

    private static boolean isInt(JsonNode node) {
        return node.isIntegralNumber() && node.canConvertToInt();
    }

    private static JsonNode field(JsonNode node, String name, Predicate<JsonNode> expected) {
        JsonNode field = node.path(name);
        if (!expected.test(field)) {
            throw new MalformedMessageException(
                    "Field '%s' of an entry of the saga log is %s"
                            .formatted(name, field.getNodeType().name().toLowerCase()),
                    null);
        }
        return field;
    }
}
