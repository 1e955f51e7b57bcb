package dev.caravan.saga.engine;

import dev.caravan.saga.SagaId;
import dev.caravan.saga.Step;
import dev.caravan.saga.message.SagaCommand;
import dev.caravan.saga.state.SagaState;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.Marker;
import org.slf4j.event.Level;
import org.slf4j.helpers.LegacyAbstractLogger;
import org.slf4j.spi.LocationAwareLogger;

/**
 * A logger whose lines can be found by the saga that they are about: id, key, step and trace of what a line names are in the
 * MDC while it is written, on whatever thread. A saga is named by itself, its state or a {@linkplain SagaMention mention}, a
 * step by itself, a command by itself; the line has their text.
 */
public final class SagaLogger extends LegacyAbstractLogger {

    /** The saga's id. */
    public static final String ID = "sagaId";

    /** What the application calls the saga. */
    public static final String KEY = "sagaKey";

    /** The step. */
    public static final String STEP = "sagaStep";

    /** The trace that the saga belongs to, where there are traces. */
    public static final String TRACE = "traceId";

    /** Where a person sees the saga, on lines of WARN and ERROR, where that is {@linkplain #linked known}. */
    public static final String LINK = "sagaLink";

    private static final String HERE = SagaLogger.class.getName();
    private static final Function<SagaState, Optional<String>> NO_TRACES = saga -> Optional.empty();

    private static volatile Function<SagaState, Optional<String>> traces = NO_TRACES;
    private static volatile @Nullable String console;

    private final transient Logger to;

    private SagaLogger(Logger to) {
        this.to = to;
        this.name = to.getName();
    }

    /** That of a class. */
    public static Logger of(Class<?> type) {
        return new SagaLogger(LoggerFactory.getLogger(type));
    }

    /** From now on, lines say which trace a saga belongs to. Closed, they do no more. */
    public static AutoCloseable traced(Function<SagaState, Optional<String>> traceOf) {
        traces = traceOf;
        return () -> traces = NO_TRACES;
    }

    /** The trace that a saga belongs to, where there are traces. */
    public static Optional<String> traceOf(SagaState saga) {
        return traces.apply(saga);
    }

    /**
     * From now on, warnings and errors about a saga have its link. Closed, they do no more.
     *
     * @param console where the list of sagas is
     */
    public static AutoCloseable linked(String console) {
        SagaLogger.console = console;
        return () -> SagaLogger.console = null;
    }

    @Override
    protected void handleNormalizedLoggingCall(
            Level level,
            @Nullable Marker marker,
            String text,
            Object @Nullable [] arguments,
            @Nullable Throwable failure) {
        Map<String, String> fields = new LinkedHashMap<>();
        Object[] shown = arguments == null ? new Object[0] : arguments.clone();
        for (int i = 0; i < shown.length; i++) {
            shown[i] = take(shown[i], fields);
        }
        String list = console;
        if (list != null && level.toInt() >= Level.WARN.toInt() && fields.containsKey(ID)) {
            fields.put(LINK, "%s?saga=%s".formatted(list, fields.get(ID)));
        }
        SagaMention.Scope line = SagaMention.open(fields);
        try {
            write(level, marker, text, shown, failure);
        } finally {
            line.close();
        }
    }

    /** @return what the line has of it */
    private static Object take(Object argument, Map<String, String> fields) {
        if (argument instanceof LiveSaga saga) {
            return take(saga.state(), fields);
        } else if (argument instanceof SagaState saga) {
            return take(SagaMention.of(saga), fields);
        } else if (argument instanceof SagaCommand command) {
            return take(SagaMention.of(command), fields);
        } else if (argument instanceof SagaMention mention) {
            mention.fields().forEach(fields::putIfAbsent);
            return mention.text();
        } else if (argument instanceof SagaId id) {
            fields.putIfAbsent(ID, id.value());
        } else if (argument instanceof Step step) {
            fields.putIfAbsent(STEP, step.toString());
        }
        return argument;
    }

    private void write(
            Level level, @Nullable Marker marker, String text, Object[] arguments, @Nullable Throwable failure) {
        if (to instanceof LocationAwareLogger aware) {
            aware.log(marker, HERE, level.toInt(), text, arguments, failure);
        } else {
            to.atLevel(level).setCause(failure).log(text, arguments);
        }
    }

    @Override
    protected String getFullyQualifiedCallerName() {
        return HERE;
    }

    @Override
    public boolean isTraceEnabled() {
        return to.isTraceEnabled();
    }

    @Override
    public boolean isDebugEnabled() {
        return to.isDebugEnabled();
    }

    @Override
    public boolean isInfoEnabled() {
        return to.isInfoEnabled();
    }

    @Override
    public boolean isWarnEnabled() {
        return to.isWarnEnabled();
    }

    @Override
    public boolean isErrorEnabled() {
        return to.isErrorEnabled();
    }
}
