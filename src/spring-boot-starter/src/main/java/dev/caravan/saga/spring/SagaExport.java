package dev.caravan.saga.spring;

import com.fasterxml.jackson.databind.JsonNode;
import dev.caravan.saga.monitoring.SagaJson;
import dev.caravan.saga.monitoring.SagaPage;
import java.io.IOException;
import java.io.Writer;
import java.util.List;
import java.util.Locale;
import org.springframework.http.HttpStatus;

/** Lines of the list as a file, for a table or for a program. */
enum SagaExport {
    /** With a line of names. A text that a spreadsheet would take for a formula has an apostrophe before it. */
    CSV("text/csv") {
        @Override
        void write(List<SagaPage.Line> sagas, SagaJson json, Writer to) throws IOException {
            to.write(csv(FIELDS, json.list(sagas)));
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

    /** @throws org.springframework.web.ErrorResponseException 400: it is neither */
    static SagaExport named(String text) {
        try {
            return SagaExport.valueOf(text.toUpperCase(Locale.ROOT));
        } catch (IllegalArgumentException e) {
            throw Problem.of(HttpStatus.BAD_REQUEST, "format is %s; it is csv or jsonl".formatted(text));
        }
    }

    /** Objects as lines of these fields, below a line with their names. */
    static String csv(List<String> fields, Iterable<? extends JsonNode> objects) {
        StringBuilder text = new StringBuilder(String.join(",", fields)).append("\r\n");
        for (JsonNode object : objects) {
            List<String> values = fields.stream()
                    .map(field -> quoted(object.path(field).asText("")))
                    .toList();
            text.append(String.join(",", values)).append("\r\n");
        }
        return text.toString();
    }

    private static String quoted(String text) {
        String safe = text.matches("(?s)[=+\\-@\t\r].*") ? "'" + text : text;
        return safe.matches("(?s).*[\",\r\n].*") ? '"' + safe.replace("\"", "\"\"") + '"' : safe;
    }
}
