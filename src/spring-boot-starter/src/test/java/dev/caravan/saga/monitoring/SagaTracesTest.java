package dev.caravan.saga.monitoring;

import static org.assertj.core.api.Assertions.assertThat;

import dev.caravan.saga.SagaId;
import dev.caravan.saga.Step;
import dev.caravan.saga.engine.CommandSender;
import dev.caravan.saga.message.Phase;
import dev.caravan.saga.message.SagaCommand;
import dev.caravan.saga.message.SagaReply;
import dev.caravan.saga.state.SagaEvent;
import dev.caravan.saga.state.SagaLogEntry;
import dev.caravan.saga.state.SagaState;
import io.micrometer.tracing.Tracer;
import io.micrometer.tracing.otel.bridge.OtelCurrentTraceContext;
import io.micrometer.tracing.otel.bridge.OtelTracer;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.slf4j.MDC;

class SagaTracesTest {

    private static final Instant AT = Instant.parse("2026-01-31T09:30:00Z");
    private static final SagaId TRIP = new SagaId("trip-1");
    private static final Step HOTEL = new Step("HOTEL", 1);
    private static final String TRACE = "0af7651916cd43dd8448eb211c80319c";
    private static final String REQUEST = "b7ad6b7169203331";

    private final InMemorySpanExporter exported = InMemorySpanExporter.create();
    private final SdkTracerProvider provider = SdkTracerProvider.builder()
            .addSpanProcessor(SimpleSpanProcessor.create(exported))
            .build();
    private final Tracer tracer = new OtelTracer(provider.get("test"), new OtelCurrentTraceContext(), event -> {});
    private SagaTraces traces = new SagaTraces(tracer, 1);
    private SagaState state = SagaState.initial(TRIP);
    private Instant now = AT;

    @Test
    void hangsASagaAndItsStepsOnTheRequestThatStartedIt() {
        start(Map.of(TraceParent.HEADER, "00-%s-%s-01".formatted(TRACE, REQUEST)));
        append(new SagaEvent.Enlist(HOTEL, "direct:cancel", null, Map.of()));
        later(200);
        append(new SagaEvent.Success(HOTEL, "Book", null));
        append(new SagaEvent.Fail(null, "no flight"));
        later(50);
        append(new SagaEvent.CompensateSuccess(HOTEL));
        append(new SagaEvent.CompensateComplete());

        SpanData saga = span("saga trip");
        assertThat(exported.getFinishedSpanItems()).hasSize(3).allSatisfy(span -> assertThat(span.getTraceId())
                .isEqualTo(TRACE));
        assertThat(saga.getParentSpanId()).isEqualTo(REQUEST);
        assertThat(millis(saga)).isEqualTo(250);
        assertThat(saga.getAttributes().asMap().toString()).contains("COMPENSATED", "no flight", "trip-1");
        assertThat(span("step HOTEL").getParentSpanId()).isEqualTo(saga.getSpanId());
        assertThat(millis(span("step HOTEL"))).isEqualTo(200);
        assertThat(span("compensate HOTEL").getParentSpanId()).isEqualTo(saga.getSpanId());
        assertThat(millis(span("compensate HOTEL"))).isEqualTo(50);
    }

    @Test
    void goesOnWithTheSameTraceInTheInstanceThatTakesTheSagaOver() {
        start(Map.of(TraceParent.HEADER, "00-%s-%s-01".formatted(TRACE, REQUEST)));
        append(new SagaEvent.Enlist(HOTEL, null, null, Map.of()));
        traces = new SagaTraces(tracer, 1);
        SagaLogEntry resume = new SagaLogEntry(TRIP, state.nextSequence(), 1, now, new SagaEvent.Resume("other"));
        state = state.apply(resume);
        traces.onEntry(resume, state);
        append(new SagaEvent.Complete());

        assertThat(span("saga trip").getTraceId()).isEqualTo(TRACE);
        assertThat(span("saga trip").getParentSpanId()).isEqualTo(REQUEST);
        assertThat(span("saga trip").getAttributes().asMap().toString()).contains("saga.recovered=true");
    }

    /** A log of an older version may have them. */
    @Test
    void tellsNothingOfTheHeadersOfTheMessage() {
        start(Map.of("Authorization", "Bearer geheim", "cookie", "geheim"));
        append(new SagaEvent.Enlist(HOTEL, null, null, Map.of("session", "geheim")));
        append(new SagaEvent.Success(HOTEL, "Book", null));
        append(new SagaEvent.Complete());

        assertThat(exported.getFinishedSpanItems()).hasSize(2).allSatisfy(span -> assertThat(span.toString())
                .doesNotContain("geheim"));
    }

    @Test
    void hasOneTraceAlsoForASagaThatNoRequestStarted() {
        start(Map.of());
        String first = traces.spanOf(TRIP).orElseThrow().context().traceId();
        traces = new SagaTraces(tracer, 1);
        append(new SagaEvent.Fail(null, "full"));

        assertThat(traces.spanOf(TRIP).orElseThrow().context().traceId()).isEqualTo(first);
    }

    @Test
    void ignoresATraceParentThatIsNone() {
        start(Map.of(TraceParent.HEADER, "00-zz-b7ad6b7169203331-01"));

        assertThat(traces.spanOf(TRIP)).isPresent();
    }

    @Test
    void carriesTheTraceToTheParticipantAndItsLogLines() throws Exception {
        start(Map.of(TraceParent.HEADER, "00-%s-%s-01".formatted(TRACE, REQUEST)));
        append(new SagaEvent.Enlist(HOTEL, null, null, Map.of()));
        Map<String, String> sent = new HashMap<>();
        CommandSender sender = TracedCommands.sender(
                (command, headers) -> {
                    sent.putAll(headers);
                    return CompletableFuture.completedFuture(null);
                },
                traces);
        SagaCommand book = new SagaCommand(TRIP, HOTEL, "hotels", "Book", null, Phase.ACTION);
        sender.send(book, Map.of("attempt", "1"));
        Map<String, String> mdc = new HashMap<>();
        new TracedCommands(tracer, new SagaMdc()).around(book, sent, command -> {
            mdc.putAll(MDC.getCopyOfContextMap());
            mdc.put("traceId", tracer.currentSpan().context().traceId());
            return SagaReply.success(command, null);
        });
        append(new SagaEvent.Success(HOTEL, "Book", null));

        assertThat(sent).containsEntry("attempt", "1").containsKey(TraceParent.HEADER);
        assertThat(mdc).containsEntry("sagaId", "trip-1").containsEntry("traceId", TRACE);
        assertThat(MDC.get("sagaId")).isNull();
        assertThat(span("hotels Book").getTraceId()).isEqualTo(TRACE);
        assertThat(span("hotels Book").getParentSpanId())
                .isEqualTo(span("step HOTEL").getSpanId());
    }

    @Test
    void keepsNothingOfASagaThatHasEnded() {
        start(Map.of());
        append(new SagaEvent.Complete());

        assertThat(traces.spanOf(TRIP)).isEmpty();
    }

    private void start(Map<String, Object> headers) {
        append(new SagaEvent.Start("trip", null, "key-1", null, headers));
    }

    private void append(SagaEvent event) {
        SagaLogEntry entry = new SagaLogEntry(TRIP, state.nextSequence(), state.epoch(), now, event);
        state = state.apply(entry);
        traces.onEntry(entry, state);
    }

    private void later(long millis) {
        now = now.plusMillis(millis);
    }

    private SpanData span(String name) {
        List<SpanData> found = exported.getFinishedSpanItems().stream()
                .filter(span -> span.getName().equals(name))
                .toList();
        assertThat(found).as(name).hasSize(1);
        return found.get(0);
    }

    private static long millis(SpanData span) {
        return (span.getEndEpochNanos() - span.getStartEpochNanos()) / 1_000_000;
    }
}
