package dev.caravan.saga.monitoring;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.caravan.saga.log.SagaLogCodec;
import dev.caravan.saga.log.SagaLogEntry;
import dev.caravan.saga.machine.SagaState;
import dev.caravan.saga.machine.StepState;
import java.util.Collection;
import java.util.List;

/** Sagas as JSON for people and programs that look at them. What the application sent and got is left out. */
public final class SagaJson {

    private static final List<String> PAYLOADS = List.of("body", "headers", "options", "result");

    private final SagaLogCodec codec = new SagaLogCodec();

    public ArrayNode list(Collection<SagaState> sagas) {
        ArrayNode list = JsonNodeFactory.instance.arrayNode();
        sagas.forEach(saga -> list.add(saga(saga)));
        return list;
    }

    private static ObjectNode saga(SagaState saga) {
        ObjectNode node = JsonNodeFactory.instance.objectNode();
        node.put("sagaId", saga.sagaId().value());
        node.put("name", saga.name());
        node.put("status", saga.status().name());
        if (saga.start() != null && saga.start().key() != null) {
            node.put("key", saga.start().key());
        }
        if (saga.reason() != null) {
            node.put("reason", saga.reason());
        }
        node.put("startedAt", String.valueOf(saga.startedAt()));
        node.put("updatedAt", String.valueOf(saga.updatedAt()));
        return node;
    }

    /** The saga with its steps in order of enlistment and its events in order of the log. */
    public ObjectNode timeline(SagaTimeline timeline) {
        ObjectNode node = saga(timeline.state());
        ArrayNode steps = node.putArray("steps");
        timeline.state().steps().forEach(step -> steps.add(step(step)));
        ArrayNode events = node.putArray("events");
        timeline.entries().forEach(entry -> events.add(event(entry)));
        return node;
    }

    private static ObjectNode step(StepState step) {
        ObjectNode node = JsonNodeFactory.instance.objectNode();
        node.put("name", step.step().toString());
        node.put("status", step.status().name());
        if (step.error() != null) {
            node.put("error", step.error());
        }
        if (step.attempts() > 0) {
            node.put("attempts", step.attempts());
        }
        node.put("enlistedAt", step.enlistedAt().toString());
        node.put("updatedAt", step.updatedAt().toString());
        return node;
    }

    private ObjectNode event(SagaLogEntry entry) {
        ObjectNode node = JsonNodeFactory.instance.objectNode();
        node.put("sequence", entry.sequence());
        node.put("timestamp", entry.timestamp().toString());
        ObjectNode event = codec.encode(entry.event());
        event.remove(PAYLOADS);
        return node.setAll(event);
    }
}
