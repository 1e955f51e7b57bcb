package dev.caravan.saga.monitoring;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.caravan.saga.Printable;
import dev.caravan.saga.SagaId;
import dev.caravan.saga.SagaStatus;
import dev.caravan.saga.engine.SagaLogger;
import dev.caravan.saga.message.SensitiveFields;
import dev.caravan.saga.state.Child;
import dev.caravan.saga.state.EventPayloads;
import dev.caravan.saga.state.SagaLogCodec;
import dev.caravan.saga.state.SagaLogEntry;
import dev.caravan.saga.state.SagaState;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Sagas as JSON for people and programs that look at them. What the application sent and got is left out. */
public final class SagaJson {

    private static final List<String> PAYLOADS =
            List.of("body", "data", "headers", "kept", "options", "kinds", "result", "state", "route");

    private final SagaLogCodec codec = new SagaLogCodec();
    private final SensitiveFields sensitive;

    /** Nothing is masked. */
    public SagaJson() {
        this(SensitiveFields.NONE);
    }

    /** @param sensitive what is masked in payloads */
    public SagaJson(SensitiveFields sensitive) {
        this.sensitive = sensitive;
    }

    public ArrayNode list(List<SagaPage.Line> sagas) {
        ArrayNode list = JsonNodeFactory.instance.arrayNode();
        sagas.forEach(line -> list.add(line(line.saga(), line.attention())));
        return list;
    }

    /**
     * Sagas by their causes.
     *
     * @param link to the list of a group's sagas
     */
    public ArrayNode groups(List<SagaGroup> groups, Function<SagaGroup, String> link) {
        ArrayNode list = JsonNodeFactory.instance.arrayNode();
        for (SagaGroup group : groups) {
            ObjectNode node = list.addObject().put("status", group.status().name());
            if (group.attention() != Attention.NONE) {
                node.put("attention", group.attention().name());
            }
            putIfThere(node, "application", group.application());
            putIfThere(node, "step", group.step());
            putIfThere(node, "code", group.code());
            node.put("count", group.count());
            node.put("oldest", group.oldest().toString());
            node.put("newest", group.newest().toString());
            putIfThere(node, "says", group.says());
            node.put("link", link.apply(group));
        }
        return list;
    }

    /**
     * All sagas of a name.
     *
     * @param where how many are where
     * @param link to the list of a group's sagas
     */
    public ObjectNode map(SagaMap map, List<SagaGroup> where, Function<SagaGroup, String> link) {
        return MapJson.of(map, groups(where, link));
    }

    /** One line of the list. */
    public ObjectNode line(SagaSummary saga, Attention attention) {
        ObjectNode node = JsonNodeFactory.instance.objectNode();
        node.put("sagaId", saga.sagaId().value());
        node.put("name", Printable.of(saga.name()));
        node.put("status", saga.status().name());
        putIfThere(node, "key", saga.key());
        putAttributes(node, saga.attributes());
        putIfThere(node, "parent", saga.parent() == null ? null : saga.parent().value());
        putIfThere(node, "application", saga.application());
        putIfThere(node, "version", saga.version());
        putIfThere(node, "step", saga.cause().step());
        putIfThere(node, "code", saga.cause().code());
        putIfThere(node, "reason", saga.reason());
        putIfThere(node, "trouble", saga.trouble());
        if (attention != Attention.NONE) {
            node.put("attention", attention.name());
        }
        if (saga.awaits() != null) {
            node.put("awaits", Printable.of(saga.awaits()));
            node.put("awaitsSince", Objects.requireNonNull(saga.awaitsSince()).toString());
            node.put("deadline", Objects.requireNonNull(saga.deadline()).toString());
        }
        node.put("startedAt", saga.startedAt().toString());
        node.put("updatedAt", saga.updatedAt().toString());
        return node;
    }

    private static void putAttributes(ObjectNode node, Map<String, Object> attributes) {
        if (attributes.isEmpty()) {
            return;
        }
        ObjectNode all = node.putObject("attributes");
        attributes.forEach((name, value) -> {
            String shown = Printable.of(name);
            if (value instanceof Boolean is) {
                all.put(shown, is);
            } else if (value instanceof Number number) {
                all.put(shown, new BigDecimal(number.toString()));
            } else {
                all.put(shown, Printable.of(String.valueOf(value)));
            }
        });
    }

    /** Text is {@linkplain Printable printable} then. */
    public static void putIfThere(ObjectNode node, String field, @Nullable String value) {
        if (value != null) {
            node.put(field, Printable.of(value));
        }
    }

    /** The numbers; every status is there, also one that no saga has. */
    public ObjectNode overview(SagaOverview overview) {
        ObjectNode node = JsonNodeFactory.instance.objectNode();
        node.put("total", overview.total());
        ObjectNode byStatus = node.putObject("byStatus");
        for (SagaStatus status : SagaStatus.values()) {
            if (status != SagaStatus.INITIAL) {
                byStatus.put(status.name(), overview.byStatus().getOrDefault(status, 0L));
            }
        }
        ObjectNode byAttention = node.putObject("byAttention");
        for (Attention attention : Attention.values()) {
            if (attention != Attention.NONE) {
                byAttention.put(attention.name(), overview.byAttention().getOrDefault(attention, 0L));
            }
        }
        ArrayNode names = node.putArray("names");
        overview.names().forEach(name -> names.add(Printable.of(name)));
        ArrayNode versions = node.putArray("versions");
        overview.versions().forEach(version -> versions.addObject()
                .put("name", Printable.of(version.name()))
                .put("version", Printable.of(version.version()))
                .put("left", version.left()));
        node.put("caughtUp", overview.caughtUp());
        node.put("lag", overview.lag());
        putIfThere(
                node,
                "readTo",
                overview.readTo() == null ? null : overview.readTo().toString());
        node.put("forgotten", overview.forgotten());
        return node;
    }

    /**
     * The saga with its steps in order of enlistment, its children, and its events in order of the log.
     *
     * @param attention whether a person should look at it
     * @param known a line of the list, to say where a child is; of one that is not in the list that is not said
     */
    public ObjectNode timeline(
            SagaTimeline timeline, Attention attention, Function<SagaId, Optional<SagaSummary>> known) {
        SagaState state = timeline.state();
        ObjectNode node = JsonNodeFactory.instance.objectNode();
        node.put("sagaId", state.sagaId().value());
        node.put("name", Printable.of(state.name()));
        node.put("status", state.status().name());
        putIfThere(node, "key", state.start() == null ? null : state.start().key());
        putAttributes(node, state.start() == null ? Map.of() : state.start().attributes());
        String application = state.start() == null ? null : state.start().application();
        putIfThere(node, "application", application);
        putIfThere(node, "version", state.start() == null ? null : state.start().version());
        SagaId parent = state.start() == null ? null : state.start().parent();
        putIfThere(node, "parent", parent == null ? null : parent.value());
        Cause cause = Cause.of(state);
        putIfThere(node, "step", cause.step());
        putIfThere(node, "code", cause.code());
        putIfThere(node, "reason", SagaSummary.shown(state.reason(), state.sagaId()));
        putIfThere(node, "trouble", SagaSummary.trouble(state));
        if (attention != Attention.NONE) {
            node.put("attention", attention.name());
        }
        if (state.isScheduled()) {
            node.put("startsAt", Objects.requireNonNull(state.started().at()).toString());
        }
        putIfThere(
                node,
                "deadline",
                state.deadline() == null ? null : state.deadline().toString());
        putIfThere(node, "instance", timeline.instance().orElse(null));
        if (state.start() != null) {
            putIfThere(node, "traceId", SagaLogger.traceOf(state).orElse(null));
        }
        node.put("startedAt", String.valueOf(state.startedAt()));
        node.put("updatedAt", String.valueOf(state.updatedAt()));
        if (state.status().isTerminal()) {
            Duration took = Duration.between(state.startedAt(), state.updatedAt());
            node.put("durationMillis", took.toMillis());
        }
        ArrayNode steps = node.putArray("steps");
        state.steps().forEach(step -> steps.add(StepJson.of(step, state, application)));
        plan(state).ifPresent(plan -> plan.forEach(node.putArray("plan")::add));
        ArrayNode children = node.putArray("children");
        state.children()
                .forEach(child ->
                        children.add(child(child, known.apply(child.saga()).orElse(null))));
        ArrayNode events = node.putArray("events");
        timeline.entries().forEach(entry -> {
            ObjectNode event = event(entry);
            strip(event);
            show(event);
            events.add(event);
        });
        return node;
    }

    /** The steps that the route shows, in its order, as far as is known; the route itself is one only if it joined. */
    private static Optional<List<String>> plan(SagaState state) {
        if (state.start() == null || state.start().route() == null) {
            return Optional.empty();
        }
        String route = state.name().toUpperCase(Locale.ROOT).replace('-', '_');
        boolean joined =
                state.steps().stream().anyMatch(step -> step.step().name().equals(route));
        return Optional.of(state.start().route().steps().stream()
                .filter(step -> joined || !step.equals(route))
                .map(Printable::of)
                .toList());
    }

    private static ObjectNode child(Child child, @Nullable SagaSummary line) {
        ObjectNode node = JsonNodeFactory.instance.objectNode();
        node.put("sagaId", child.saga().value());
        node.put("name", Printable.of(child.name()));
        putIfThere(node, "place", child.place());
        putIfThere(node, "status", line == null ? null : line.status().name());
        return node;
    }

    private static void strip(ObjectNode event) {
        event.remove(PAYLOADS);
        if (event.has("since")) { // a message too, which is told in another way
            event.remove(List.of("since", "unkept"));
        }
        for (String part : List.of("left", "event")) {
            if (event.get(part) instanceof ObjectNode nested) {
                strip(nested);
            }
        }
    }

    /** What others have written is shown to a person here; {@link #event} has it as it is. */
    private static void show(ObjectNode node) {
        node.properties().forEach(field -> {
            if (field.getValue().isTextual()) {
                field.setValue(TextNode.valueOf(Printable.of(field.getValue().textValue())));
            } else if (field.getValue() instanceof ObjectNode nested) {
                show(nested);
            }
        });
    }

    /** One event with all that the log has of it, also what the application sent and got; sensitive fields are masked. */
    public ObjectNode event(SagaLogEntry entry) {
        ObjectNode node = JsonNodeFactory.instance.objectNode();
        node.put("sequence", entry.sequence());
        node.put("timestamp", entry.timestamp().toString());
        ObjectNode event = codec.encode(entry.event());
        EventPayloads.change(event, sensitive::mask);
        return node.setAll(event);
    }
}
