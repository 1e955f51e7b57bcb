package dev.caravan.saga.monitoring;

import dev.caravan.saga.engine.SagaListener;
import dev.caravan.saga.state.SagaLogEntry;
import dev.caravan.saga.state.SagaState;
import io.micrometer.tracing.Span;
import io.micrometer.tracing.Tracer;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Tells listeners of an entry within the span of its saga: what they count, such as a {@code caravan_*} timer, gets that
 * span as exemplar, on whatever thread the entry was written.
 */
public final class TracedListeners implements SagaListener {

    private final Tracer tracer;
    private final SagaTraces traces;
    private final List<SagaListener> others;

    /** @param all with those that make the traces, which hear of an entry first */
    public TracedListeners(Tracer tracer, SagaTraces traces, List<SagaListener> all) {
        this.tracer = tracer;
        this.traces = traces;
        this.others = all.stream().filter(listener -> listener != traces).toList();
    }

    @Override
    public void onEntry(SagaLogEntry entry, SagaState after) {
        Optional<Span> before = traces.spanOf(after.sagaId());
        traces.onEntry(entry, after);
        Optional<Span> span = before.or(() -> traces.spanOf(after.sagaId()));
        if (span.isEmpty()) {
            others.forEach(listener -> listener.onEntry(entry, after));
            return;
        }
        Tracer.SpanInScope scope = tracer.withSpan(span.get());
        try {
            others.forEach(listener -> listener.onEntry(entry, after));
        } finally {
            scope.close();
        }
    }

    @Override
    public void onRecovered(int sagas, Duration took) {
        others.forEach(listener -> listener.onRecovered(sagas, took));
    }

    @Override
    public void onDuplicateReply() {
        others.forEach(SagaListener::onDuplicateReply);
    }
}
