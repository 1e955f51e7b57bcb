package dev.caravan.saga.monitoring;

import static org.assertj.core.api.Assertions.assertThat;

import dev.caravan.saga.SagaId;
import dev.caravan.saga.engine.SagaListener;
import dev.caravan.saga.metrics.SagaMetrics;
import dev.caravan.saga.state.SagaEvent;
import dev.caravan.saga.state.SagaLogEntry;
import dev.caravan.saga.state.SagaState;
import io.micrometer.core.instrument.Clock;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.micrometer.tracing.Span;
import io.micrometer.tracing.Tracer;
import io.micrometer.tracing.otel.bridge.OtelCurrentTraceContext;
import io.micrometer.tracing.otel.bridge.OtelTracer;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.tracer.common.SpanContext;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What is counted of a saga leads to its trace. */
class ExemplarsTest {

    private static final String TRACE = "0af7651916cd43dd8448eb211c80319c";
    private static final SagaId TRIP = new SagaId("trip-1");

    private final Tracer tracer =
            new OtelTracer(SdkTracerProvider.builder().build().get("test"), new OtelCurrentTraceContext(), event -> {});

    /** As Spring Boot has it: of the span that is current while something is counted. */
    private final SpanContext current = new SpanContext() {
        @Override
        public @Nullable String getCurrentTraceId() {
            Span span = tracer.currentSpan();
            return span == null ? null : span.context().traceId();
        }

        @Override
        public @Nullable String getCurrentSpanId() {
            Span span = tracer.currentSpan();
            return span == null ? null : span.context().spanId();
        }

        @Override
        public boolean isCurrentSpanSampled() {
            Span span = tracer.currentSpan();
            return span != null && Boolean.TRUE.equals(span.context().sampled());
        }

        @Override
        public void markCurrentSpanAsExemplar() {}
    };

    private final PrometheusMeterRegistry meters =
            new PrometheusMeterRegistry(PrometheusConfig.DEFAULT, new PrometheusRegistry(), Clock.SYSTEM, current);

    @Test
    void leadFromACountToTheTraceOfASaga() {
        SagaTraces traces = new SagaTraces(tracer, 1);
        SagaListener listeners = new TracedListeners(tracer, traces, List.of(new SagaMetrics(meters), traces));
        SagaState state = SagaState.initial(TRIP);
        for (SagaEvent event : List.of(
                new SagaEvent.Start(
                        "trip", null, null, null, Map.of(TraceParent.HEADER, "00-" + TRACE + "-b7ad6b7169203331-01")),
                new SagaEvent.Complete())) {
            SagaLogEntry entry = new SagaLogEntry(
                    TRIP, state.nextSequence(), state.epoch(), Instant.parse("2026-01-31T09:30:00Z"), event);
            state = state.apply(entry);
            listeners.onEntry(entry, state);
        }

        String scraped = meters.scrape("application/openmetrics-text; version=1.0.0; charset=utf-8");
        assertThat(scraped.lines())
                .anyMatch(line -> line.startsWith("caravan_sagas_started_total{") && line.contains(TRACE))
                .anyMatch(line -> line.startsWith("caravan_saga_duration_seconds_bucket{") && line.contains(TRACE));
    }
}
