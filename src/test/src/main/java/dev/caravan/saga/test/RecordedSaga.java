package dev.caravan.saga.test;

import dev.caravan.saga.SagaId;
import dev.caravan.saga.message.MalformedMessageException;
import dev.caravan.saga.state.SagaLogCodec;
import dev.caravan.saga.state.SagaLogEntry;
import dev.caravan.saga.state.SagaState;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What the saga log of an application has of one saga, for {@link SagaScenario#replay}.
 *
 * @param entries in the order of the log, at least one, all of the same saga
 */
public record RecordedSaga(List<SagaLogEntry> entries) {

    private static final SagaLogCodec CODEC = new SagaLogCodec();

    /** @throws IllegalArgumentException there is no entry, or they are of several sagas, or the first of them are missing */
    public RecordedSaga {
        entries = List.copyOf(entries);
        if (entries.stream().map(SagaLogEntry::sagaId).distinct().count() != 1) {
            throw new IllegalArgumentException("Expected the entries of one saga, not " + entries);
        }
        if (fold(entries).start() == null) {
            throw new IllegalArgumentException("The log of saga %s does not begin with a START or SNAPSHOT"
                    .formatted(entries.get(0).sagaId()));
        }
    }

    /**
     * Reads the sagas of a file, in order of their first entries.
     *
     * @param file with a record of the topic {@code saga-logs} in each line, as Kafka's console consumer prints them; what
     *     stands before the JSON, such as the record's key, does not matter
     * @throws IllegalArgumentException a line is no such record, with its number
     */
    public static List<RecordedSaga> read(Path file) {
        Map<SagaId, List<SagaLogEntry>> sagas = new LinkedHashMap<>();
        List<String> lines = lines(file);
        for (int line = 0; line < lines.size(); line++) {
            if (!lines.get(line).isBlank()) {
                SagaLogEntry entry = entry(lines.get(line), "%s, line %d".formatted(file, line + 1));
                sagas.computeIfAbsent(entry.sagaId(), unknown -> new ArrayList<>())
                        .add(entry);
            }
        }
        return sagas.values().stream().map(RecordedSaga::new).toList();
    }

    private static List<String> lines(Path file) {
        try {
            return Files.readAllLines(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static SagaLogEntry entry(String line, String where) {
        String json = line.substring(Math.max(0, line.indexOf('{')));
        try {
            return CODEC.decode(json.getBytes(StandardCharsets.UTF_8));
        } catch (MalformedMessageException e) {
            throw new IllegalArgumentException(
                    "%s is no record of a saga log (%s): the answers of /api/sagas leave payloads out, read the topic instead"
                            .formatted(where, e.getMessage()),
                    e);
        }
    }

    public SagaId sagaId() {
        return entries.get(0).sagaId();
    }

    /** Where the saga is when all entries are read. */
    public SagaState state() {
        return fold(entries);
    }

    /** False when it is COMPLETED, COMPENSATED or FAILED. */
    public boolean isInFlight() {
        return !state().status().isTerminal();
    }

    Instant lastWritten() {
        return entries.get(entries.size() - 1).timestamp();
    }

    private static SagaState fold(List<SagaLogEntry> entries) {
        return SagaState.replay(entries.get(0).sagaId(), entries);
    }
}
