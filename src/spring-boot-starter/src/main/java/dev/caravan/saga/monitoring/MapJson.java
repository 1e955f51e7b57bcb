package dev.caravan.saga.monitoring;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.caravan.saga.Printable;
import org.jspecify.annotations.Nullable;

/** The map of all sagas of a name as JSON. */
final class MapJson {

    private static final double TENTHS_OF_A_THOUSANDTH = 10_000;

    private MapJson() {}

    static ObjectNode of(SagaMap map, ArrayNode where) {
        ObjectNode node = JsonNodeFactory.instance.objectNode();
        node.put("name", Printable.of(map.name()));
        SagaJson.putIfThere(
                node, "since", map.since() == null ? null : map.since().toString());
        node.put("leftOut", map.leftOut());
        ArrayNode steps = node.putArray("steps");
        map.steps().forEach(figure -> steps.add(step(figure)));
        node.set("where", where);
        return node;
    }

    private static ObjectNode step(StepFigure figure) {
        ObjectNode node = JsonNodeFactory.instance.objectNode();
        node.put("step", Printable.of(figure.step()));
        SagaJson.putIfThere(node, "version", figure.version());
        node.put("joined", figure.joined());
        node.put("succeeded", figure.succeeded());
        node.put("rejected", figure.rejected());
        node.put("unknown", figure.unknown());
        node.put("timedOut", figure.timedOut());
        node.put("undone", figure.undone());
        node.put("givenUp", figure.givenUp());
        Double rate = figure.failureRate();
        if (rate != null) {
            node.put("failureRate", Math.round(rate * TENTHS_OF_A_THOUSANDTH) / TENTHS_OF_A_THOUSANDTH);
        }
        putIfThere(node, "p50Millis", figure.p50Millis());
        putIfThere(node, "p95Millis", figure.p95Millis());
        putIfThere(node, "p99Millis", figure.p99Millis());
        return node;
    }

    private static void putIfThere(ObjectNode node, String field, @Nullable Long value) {
        if (value != null) {
            node.put(field, value);
        }
    }
}
