package dev.caravan.saga.spring;

import com.fasterxml.jackson.databind.JsonNode;
import dev.caravan.saga.monitoring.SagaJson;
import dev.caravan.saga.monitoring.SagaPage;
import java.io.IOException;
import java.io.Writer;
import java.util.List;

/** Lines of the list as a file, for a table or for a program. */
enum SagaExport {
    /** With a line of names. A text that a spreadsheet would take for a formula has an apostrophe before it. */
    CSV("text/csv") {
        @Override
        void write(List<SagaPage.Line> sagas, SagaJson json, Writer to) throws IOException {
            to.write(String.join(",", FIELDS) + "\r\n");
            for (JsonNode line : json.list(sagas)) {
                List<String> values = FIELDS.stream()
                        .map(field -> quoted(line.path(field).asText("")))
                        .toList();
                to.write(String.join(",", values) + "\r\n");
            }
        }
    },
    /** An object in each line. */
    JSONL("application/x-ndjson") {
        @Override
        void write(List<SagaPage.Line> sagas, SagaJson json, Writer to) throws IOException {
            for (JsonNode line : json.list(sagas)) {
                to.write(line + "\n");
            }
        }
    };

    private static final List<String> FIELDS = List.of(
            "sagaId",
            "name",
            "status",
            "attention",
            "key",
            "application",
            "step",
            "code",
            "reason",
            "trouble",
            "awaits",
            "deadline",
            "startedAt",
            "updatedAt",
            "parent");

    private final String mediaType;

    SagaExport(String mediaType) {
        this.mediaType = mediaType;
    }

    String mediaType() {
        return mediaType;
    }

    abstract void write(List<SagaPage.Line> sagas, SagaJson json, Writer to) throws IOException;

    private static String quoted(String text) {
        String safe = text.matches("(?s)[=+\\-@\t\r].*") ? "'" + text : text;
        return safe.matches("(?s).*[\",\r\n].*") ? '"' + safe.replace("\"", "\"\"") + '"' : safe;
    }
}
