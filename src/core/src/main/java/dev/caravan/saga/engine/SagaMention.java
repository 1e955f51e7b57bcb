package dev.caravan.saga.engine;

import dev.caravan.saga.Printable;
import dev.caravan.saga.SagaId;
import dev.caravan.saga.Step;
import dev.caravan.saga.message.SagaCommand;
import dev.caravan.saga.state.SagaEvent;
import dev.caravan.saga.state.SagaState;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;

/**
 * A saga as log lines name it where its state is not at hand, but what came with a message: at a participant, for instance.
 * Immutable.
 *
 * @param text what a line says of it
 * @param fields what is to be in the MDC, by the names of {@link SagaLogger}
 */
public record SagaMention(String text, Map<String, String> fields) {

    /** With commands and events: what the application calls the saga. Absent when it has no key. */
    public static final String KEY_HEADER = "saga-key";

    /** With commands: the trace that they belong to, as the W3C writes it. */
    public static final String TRACE_HEADER = "traceparent";

    private static final Pattern TRACE = Pattern.compile("[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}(?:-.*)?");

    /** While it is open, the lines of this thread have the fields. To be closed by the same thread. */
    public interface Scope extends AutoCloseable {
        @Override
        void close();
    }

    public static SagaMention of(SagaId sagaId) {
        return new SagaMention(sagaId.value(), Map.of(SagaLogger.ID, sagaId.value()));
    }

    public static SagaMention of(SagaState saga) {
        SagaEvent.Start start = saga.start();
        return start == null
                ? of(saga.sagaId())
                : of(saga.sagaId())
                        .called(start.key())
                        .with(SagaLogger.TRACE, SagaLogger.traceOf(saga).orElse(null));
    }

    public static SagaMention of(SagaCommand command) {
        String text =
                "Saga %s, step %s: %s".formatted(command.sagaId(), command.step(), Printable.of(command.command()));
        return new SagaMention(text, Map.of(SagaLogger.ID, command.sagaId().value())).in(command.step());
    }

    /** @return the headers, with the key of the saga if it has one */
    static Map<String, String> withKey(Map<String, String> headers, Optional<SagaState> saga) {
        return saga.map(SagaState::start)
                .map(SagaEvent.Start::key)
                .<Map<String, String>>map(key -> {
                    Map<String, String> all = new LinkedHashMap<>(headers);
                    all.put(KEY_HEADER, key);
                    return all;
                })
                .orElse(headers);
    }

    /** @param step {@code null}: not in one */
    public SagaMention in(@Nullable Step step) {
        return with(SagaLogger.STEP, step);
    }

    /** @param key {@code null}: not known */
    public SagaMention called(@Nullable String key) {
        return with(SagaLogger.KEY, key);
    }

    /** @param header {@value #TRACE_HEADER}; {@code null}, or none that the W3C knows: there is no trace */
    public SagaMention traced(@Nullable String header) {
        Matcher trace = TRACE.matcher(header == null ? "" : header);
        return trace.matches() ? with(SagaLogger.TRACE, trace.group(1)) : this;
    }

    /** The same, said in other words. */
    public SagaMention as(String words) {
        return new SagaMention(words, fields);
    }

    private SagaMention with(String field, @Nullable Object value) {
        if (value == null) {
            return this;
        }
        Map<String, String> all = new LinkedHashMap<>(fields);
        all.put(field, Printable.of(value));
        return new SagaMention(text, all);
    }

    public Scope open() {
        return open(fields);
    }

    static Scope open(Map<String, String> fields) {
        Map<String, @Nullable String> before = new LinkedHashMap<>();
        fields.forEach((field, value) -> {
            before.put(field, MDC.get(field));
            MDC.put(field, value);
        });
        return () -> before.forEach((field, value) -> {
            if (value == null) {
                MDC.remove(field);
            } else {
                MDC.put(field, value);
            }
        });
    }

    @Override
    public String toString() {
        return text;
    }
}
