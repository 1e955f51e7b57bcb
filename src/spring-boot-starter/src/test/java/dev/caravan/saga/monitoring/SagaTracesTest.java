package dev.caravan.saga.monitoring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.caravan.saga.SagaId;
import dev.caravan.saga.Step;
import dev.caravan.saga.engine.CommandSender;
import dev.caravan.saga.engine.SagaListener;
import dev.caravan.saga.engine.SagaLogger;
import dev.caravan.saga.message.Phase;
import dev.caravan.saga.message.SagaCommand;
import dev.caravan.saga.message.SagaReply;
import dev.caravan.saga.participant.StepAtWorkException;
import dev.caravan.saga.state.Awaits;
import dev.caravan.saga.state.SagaEvent;
import dev.caravan.saga.state.SagaLogEntry;
import dev.caravan.saga.state.SagaState;
import io.micrometer.tracing.Tracer;
import io.micrometer.tracing.otel.bridge.OtelCurrentTraceContext;
import io.micrometer.tracing.otel.bridge.OtelTracer;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

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
        assertThat(exported.getFinishedSpanItems()).hasSize(4).allSatisfy(span -> assertThat(span.getTraceId())
                .isEqualTo(TRACE));
        SpanData started = span("saga trip started");
        assertThat(started.getParentSpanId()).isEqualTo(REQUEST);
        assertThat(saga.getParentSpanId()).isEqualTo(started.getSpanId());
        assertThat(saga.getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR);
        assertThat(span("step HOTEL").getStatus().getStatusCode()).isEqualTo(StatusCode.UNSET);
        assertThat(span("compensate HOTEL").getStatus().getStatusCode()).isEqualTo(StatusCode.UNSET);
        assertThat(millis(saga)).isEqualTo(250);
        assertThat(saga.getAttributes().asMap().toString()).contains("COMPENSATED", "no flight", "trip-1");
        assertThat(span("step HOTEL").getParentSpanId()).isEqualTo(started.getSpanId());
        assertThat(millis(span("step HOTEL"))).isEqualTo(200);
        assertThat(span("compensate HOTEL").getParentSpanId()).isEqualTo(started.getSpanId());
        assertThat(millis(span("compensate HOTEL"))).isEqualTo(50);
    }

    @Test
    void isToldWithASagaWhoseHeadersAreNotKept() throws Exception {
        SagaEvent.Start start = new SagaEvent.Start(
                "trip",
                null,
                null,
                null,
                Map.of(TraceParent.HEADER, "00-%s-%s-01".formatted(TRACE, REQUEST), "card", "4242"));
        SagaLogEntry bare = WithoutPayloads.of(new SagaLogEntry(TRIP, 0, AT, start));
        SagaTimeline timeline = new SagaTimeline(SagaState.initial(TRIP).apply(bare), List.of(bare));
        SagaJson json = new SagaJson();

        assertThat(json.timeline(timeline, Attention.NONE, child -> Optional.empty())
                        .has("traceId"))
                .isFalse();
        AutoCloseable traced = SagaLogger.traced(traces::traceOf);
        try {
            ObjectNode saga = json.timeline(timeline, Attention.NONE, child -> Optional.empty());
            assertThat(saga.path("traceId").asText()).isEqualTo(TRACE);
            assertThat(saga.toString()).doesNotContain("4242").doesNotContain(REQUEST);
        } finally {
            traced.close();
        }
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
        assertThat(span("saga trip resumed").getParentSpanId()).isEqualTo(REQUEST);
        assertThat(span("saga trip").getParentSpanId())
                .isEqualTo(span("saga trip resumed").getSpanId());
        assertThat(span("step HOTEL").getParentSpanId())
                .isEqualTo(span("saga trip resumed").getSpanId());
        assertThat(span("saga trip").getAttributes().asMap().toString()).contains("saga.recovered=true");
    }

    /** A log of an older version may have them. */
    @Test
    void tellsNothingOfTheHeadersOfTheMessage() {
        start(Map.of("Authorization", "Bearer geheim", "cookie", "geheim"));
        append(new SagaEvent.Enlist(HOTEL, null, null, Map.of("session", "geheim")));
        append(new SagaEvent.Success(HOTEL, "Book", null));
        append(new SagaEvent.Complete());

        assertThat(exported.getFinishedSpanItems()).hasSize(3).allSatisfy(span -> assertThat(span.toString())
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
    void tellsOfARunningSagaBeforeItEnds() {
        start(Map.of(TraceParent.HEADER, "00-%s-%s-01".formatted(TRACE, REQUEST)));
        append(new SagaEvent.Enlist(HOTEL, null, null, Map.of()));
        append(new SagaEvent.Success(HOTEL, "Book", null));

        assertThat(exported.getFinishedSpanItems())
                .extracting(SpanData::getName)
                .containsExactly("saga trip started", "step HOTEL");
        assertThat(span("step HOTEL").getParentSpanId())
                .isEqualTo(span("saga trip started").getSpanId());
        assertThat(span("saga trip started").getAttributes().asMap().toString()).contains("trip-1", "key-1");
    }

    @Test
    void isAnErrorWhereSomethingFailedAndNowhereElse() {
        start(Map.of());
        append(new SagaEvent.Enlist(HOTEL, null, null, Map.of()));
        append(new SagaEvent.StepRejected(HOTEL, "Book", "FULL", "no room"));
        append(new SagaEvent.Complete());

        assertThat(status("step HOTEL")).isEqualTo(StatusCode.ERROR);
        assertThat(status("saga trip")).isEqualTo(StatusCode.UNSET);
    }

    @Test
    void isNoErrorWhenSomebodyCancelsASaga() {
        start(Map.of());
        append(new SagaEvent.Fail(null, "Cancelled by ann: not wanted"));
        append(new SagaEvent.CompensateComplete());

        assertThat(status("saga trip")).isEqualTo(StatusCode.UNSET);
    }

    @Test
    void isNoErrorWhenAFailedSagaIsRepaired() {
        start(Map.of());
        append(new SagaEvent.Enlist(HOTEL, "direct:cancel", null, Map.of()));
        append(new SagaEvent.Success(HOTEL, "Book", null));
        append(new SagaEvent.Fail(null, "no flight"));
        append(new SagaEvent.StepCompensateFailed(HOTEL, 3, "closed", null));
        append(new SagaEvent.CompensateFail(HOTEL, "closed"));

        assertThat(status("compensate HOTEL")).isEqualTo(StatusCode.ERROR);
        assertThat(status("saga trip")).isEqualTo(StatusCode.ERROR);
        exported.reset();
        append(new SagaEvent.Retry("ann", "open again", null, null, null));
        append(new SagaEvent.CompensateSuccess(HOTEL));
        append(new SagaEvent.CompensateComplete());

        assertThat(status("compensate HOTEL")).isEqualTo(StatusCode.UNSET);
        assertThat(status("saga trip")).isEqualTo(StatusCode.UNSET);
    }

    @Test
    void endsAStepThatWaitedWithItsAnswer() {
        start(Map.of());
        append(new SagaEvent.Enlist(HOTEL, null, null, Map.of()));
        append(new Awaits.StepAwaits(HOTEL, "Approve", null, AT.plusSeconds(60), null, null, null, null));
        append(new Awaits.StepAnswered(HOTEL, "Approve", null, "REFUSED", "too dear", "ann", null, null));

        assertThat(status("step HOTEL")).isEqualTo(StatusCode.ERROR);
    }

    @Test
    void makesASpanOfEachAttemptWithTheParticipantsBelowIt() throws Exception {
        start(Map.of(TraceParent.HEADER, "00-%s-%s-01".formatted(TRACE, REQUEST)));
        append(new SagaEvent.Enlist(HOTEL, null, null, Map.of()));
        List<Map<String, String>> sent = new ArrayList<>();
        CommandSender sender = TracedCommands.sender(
                (command, headers) -> {
                    sent.add(headers);
                    return CompletableFuture.completedFuture(null);
                },
                tracer,
                traces,
                command -> "hotels-commands");
        TracedCommands participant = new TracedCommands(tracer);
        SagaCommand book = new SagaCommand(TRIP, HOTEL, "hotels", "Book", null, Phase.ACTION);
        List<String> traced = new ArrayList<>();
        sender.send(book, Map.of("attempt", "1"));
        participant.around(book, sent.get(0), command -> SagaReply.unknown(command, "no connection"));
        append(new SagaEvent.StepRetry(HOTEL, "Book", 1, "no connection"));
        sender.send(book, Map.of("attempt", "2"));
        participant.around(book, sent.get(1), command -> {
            traced.add(tracer.currentSpan().context().traceId());
            return SagaReply.success(command, null);
        });
        append(new SagaEvent.Success(HOTEL, "Book", null));

        assertThat(sent).extracting(headers -> headers.get("attempt")).containsExactly("1", "2");
        assertThat(traced).containsExactly(TRACE);
        List<SpanData> attempts = spans("send hotels-commands");
        List<SpanData> work = spans("process hotels");
        assertThat(attempts).hasSize(2).allSatisfy(attempt -> {
            assertThat(attempt.getKind()).isEqualTo(SpanKind.PRODUCER);
            assertThat(attempt.getTraceId()).isEqualTo(TRACE);
            assertThat(attempt.getParentSpanId()).isEqualTo(span("step HOTEL").getSpanId());
        });
        assertThat(work).allSatisfy(span -> assertThat(span.getKind()).isEqualTo(SpanKind.CONSUMER));
        assertThat(Stream.concat(attempts.stream(), work.stream()))
                .extracting(span -> span.getAttributes().get(AttributeKey.stringKey("messaging.message.id")))
                .containsOnly("trip-1/HOTEL/Book");
        assertThat(work)
                .extracting(SpanData::getParentSpanId)
                .containsExactlyElementsOf(
                        attempts.stream().map(SpanData::getSpanId).toList());
        assertThat(work)
                .extracting(span -> span.getStatus().getStatusCode())
                .containsExactly(StatusCode.ERROR, StatusCode.UNSET);
    }

    @Test
    void namesTheAttributesOfMessagesAsOpenTelemetryDoes() throws Exception {
        SagaCommand undo = new SagaCommand(TRIP, HOTEL, "hotels", "Cancel", null, Phase.COMPENSATION);
        Map<String, String> headers = Map.of(
                TraceParent.HEADER,
                "00-%s-%s-01".formatted(TRACE, REQUEST),
                "kafka.TOPIC",
                "compensation-commands",
                "kafka.PARTITION",
                "3",
                "kafka.OFFSET",
                "42");
        new TracedCommands(tracer).around(undo, headers, command -> SagaReply.rejected(command, "REFUSED", "closed"));

        Map<String, String> attributes =
                span("process compensation-commands").getAttributes().asMap().entrySet().stream()
                        .collect(Collectors.toMap(entry -> entry.getKey().getKey(), entry -> entry.getValue()
                                .toString()));
        assertThat(attributes)
                .containsEntry("messaging.system", "kafka")
                .containsEntry("messaging.operation.type", "process")
                .containsEntry("messaging.operation.name", "process")
                .containsEntry("messaging.destination.name", "compensation-commands")
                .containsEntry("messaging.destination.partition.id", "3")
                .containsEntry("messaging.kafka.offset", "42")
                .containsEntry("messaging.consumer.group.name", "hotels")
                .containsEntry("messaging.message.conversation_id", "trip-1")
                .containsEntry("messaging.message.id", "trip-1/HOTEL/Cancel")
                .containsEntry("error.type", "REFUSED");
    }

    @Test
    void isNoErrorWhenACommandCannotBeDoneYet() {
        SagaCommand undo = new SagaCommand(TRIP, HOTEL, "hotels", "Cancel", null, Phase.COMPENSATION);
        Map<String, String> headers = Map.of(TraceParent.HEADER, "00-%s-%s-01".formatted(TRACE, REQUEST));
        assertThatThrownBy(() -> new TracedCommands(tracer).around(undo, headers, command -> {
                    throw new StepAtWorkException(command, "at work", AT);
                }))
                .isInstanceOf(StepAtWorkException.class);

        assertThat(status("process hotels")).isEqualTo(StatusCode.UNSET);
    }

    @Test
    void tellsListenersWithinTheSpanOfTheSaga() {
        List<String> told = new ArrayList<>();
        SagaListener counts = (entry, after) -> told.add(
                entry.event().type() + " " + tracer.currentSpan().context().traceId());
        SagaListener all = new TracedListeners(tracer, traces, List.of(counts, traces));
        for (SagaEvent event : List.of(
                new SagaEvent.Start(
                        "trip", null, null, null, Map.of(TraceParent.HEADER, "00-%s-%s-01".formatted(TRACE, REQUEST))),
                new SagaEvent.Complete())) {
            SagaLogEntry entry = new SagaLogEntry(TRIP, state.nextSequence(), state.epoch(), now, event);
            state = state.apply(entry);
            all.onEntry(entry, state);
        }

        assertThat(told).containsExactly("START " + TRACE, "COMPLETE " + TRACE);
        assertThat(tracer.currentSpan()).isNull();
        assertThat(exported.getFinishedSpanItems()).hasSize(2);
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
        List<SpanData> found = spans(name);
        assertThat(found).as(name).hasSize(1);
        return found.get(0);
    }

    private List<SpanData> spans(String name) {
        return exported.getFinishedSpanItems().stream()
                .filter(span -> span.getName().equals(name))
                .toList();
    }

    private StatusCode status(String name) {
        return span(name).getStatus().getStatusCode();
    }

    private static long millis(SpanData span) {
        return (span.getEndEpochNanos() - span.getStartEpochNanos()) / 1_000_000;
    }
}
