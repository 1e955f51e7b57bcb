package dev.caravan.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Set;
import java.util.stream.Collectors;

/** An event of a saga in one line: when, what, of which step, and all else that is said of it. */
final class EventLine {

    private static final Set<String> SAID = Set.of("sequence", "timestamp", "type", "step");

    private EventLine() {}

    static String of(JsonNode event) {
        String rest = event.properties().stream()
                .filter(field ->
                        !SAID.contains(field.getKey()) && field.getValue().isValueNode())
                .map(field ->
                        field.getKey() + "=" + Texts.plain(field.getValue().asText()))
                .collect(Collectors.joining(" "));
        return Texts.joined(" ", Texts.of(event, "timestamp"), Texts.of(event, "type"), Texts.of(event, "step"), rest);
    }
}
