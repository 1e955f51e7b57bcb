package dev.caravan.saga.state;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;

/** The parts of an event that are the application's: message, headers, options and results, also within a state or a request. */
public final class EventPayloads {

    private static final Set<String> PAYLOADS =
            Set.of("body", "data", "headers", "options", "properties", "result", "variables");
    private static final String BY_COMMAND = "results";

    private EventPayloads() {}

    /** Changes the payloads in the event as the codec writes it; all else stays. */
    public static void change(JsonNode event, UnaryOperator<JsonNode> change) {
        if (event.isArray()) {
            event.forEach(element -> change(element, change));
        } else if (event instanceof ObjectNode object) {
            List<String> names = new ArrayList<>();
            object.fieldNames().forEachRemaining(names::add);
            for (String name : names) {
                JsonNode value = object.get(name);
                if (PAYLOADS.contains(name)) {
                    object.set(name, change.apply(value));
                } else if (name.equals(BY_COMMAND) && value instanceof ObjectNode results) {
                    List<String> commands = new ArrayList<>();
                    results.fieldNames().forEachRemaining(commands::add);
                    commands.forEach(command -> results.set(command, change.apply(results.get(command))));
                } else {
                    change(value, change);
                }
            }
        }
    }
}
