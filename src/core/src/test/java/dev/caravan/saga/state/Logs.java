package dev.caravan.saga.state;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.DecimalNode;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.caravan.saga.SagaId;
import dev.caravan.saga.Step;
import dev.caravan.saga.message.Phase;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;

/** Logs of one saga made of any events whatever, likely and unlikely ones. */
final class Logs {

    static final SagaId SAGA = new SagaId("order-1");

    private static final Instant BEGINNING = Instant.parse("2026-01-01T00:00:00.001Z");

    private Logs() {}

    /** Entries with the sequences 0, 1, 2, … in this order. */
    static List<SagaLogEntry> of(List<? extends SagaEvent> events) {
        List<SagaLogEntry> entries = new ArrayList<>();
        for (SagaEvent event : events) {
            entries.add(entry(entries.size(), event));
        }
        return entries;
    }

    static SagaLogEntry entry(long sequence, SagaEvent event) {
        return new SagaLogEntry(SAGA, sequence, BEGINNING.plusMillis(sequence * 17), event);
    }

    static Arbitrary<List<SagaLogEntry>> any() {
        return events().list().ofMaxSize(40).map(Logs::of);
    }

    /** Logs that begin well, so that later states are seen often enough. */
    static Arbitrary<List<SagaLogEntry>> started() {
        SagaEvent start = new SagaEvent.Start("order-saga", null, "o1", TextNode.valueOf("x"), Map.of());
        return events().list().ofMaxSize(40).map(events -> {
            List<SagaEvent> all = new ArrayList<>(events);
            all.add(0, start);
            return of(all);
        });
    }

    /** A log in which each record may come again, at once or later, and the one without. */
    static Arbitrary<Twice> withDuplicates() {
        return Combinators.combine(
                        Arbitraries.oneOf(any(), started()),
                        Arbitraries.integers()
                                .between(0, 1_000_000)
                                .list()
                                .ofMinSize(1)
                                .ofMaxSize(20))
                .as((log, places) -> {
                    List<SagaLogEntry> repeated = new ArrayList<>(log);
                    for (int place : places) {
                        if (!repeated.isEmpty()) {
                            int original = place % repeated.size();
                            int later = original + 1 + place / 7 % (repeated.size() - original);
                            repeated.add(later, repeated.get(original));
                        }
                    }
                    return new Twice(log, repeated);
                });
    }

    record Twice(List<SagaLogEntry> once, List<SagaLogEntry> repeated) {}

    static Arbitrary<SagaEvent> events() {
        return Arbitraries.oneOf(lifeOfTheSaga(), lifeOfAStep());
    }

    private static Arbitrary<SagaEvent> lifeOfTheSaga() {
        Arbitrary<String> text = text();
        Arbitrary<Step> step = steps().injectNull(0.2);
        return Arbitraries.oneOf(List.of(
                values().injectNull(0.2)
                        .map(body -> new SagaEvent.Start("order-saga", null, "o1", body, Map.of("retries", 3))),
                Arbitraries.just(new SagaEvent.Close()),
                Arbitraries.just(new SagaEvent.Complete()),
                Combinators.combine(step, text).as(SagaEvent.Fail::new),
                Combinators.combine(step, text).as(SagaEvent.Timeout::new),
                Combinators.combine(steps(), text).as(SagaEvent.CompensateFail::new),
                Arbitraries.just(new SagaEvent.CompensateComplete()),
                Combinators.combine(
                                text,
                                text,
                                text.injectNull(0.8),
                                steps().injectNull(0.5),
                                Arbitraries.longs().between(0, 40).injectNull(0.7))
                        .as(SagaEvent.Retry::new),
                Combinators.combine(
                                steps(),
                                Arbitraries.of(Map.<String, Object>of("a", "c"), Map.<String, Object>of()),
                                text,
                                text,
                                text.injectNull(0.8))
                        .as(StepCorrection::new),
                Combinators.combine(steps(), text, text, text.injectNull(0.8)).as(StepResolved::new),
                Combinators.combine(text, text, text.injectNull(0.8)).as(SagaEvent.Resolve::new),
                text.map(type -> new SagaEvent.Unknown(
                        "NEW_" + type, JsonNodeFactory.instance.objectNode().put("type", "NEW_" + type)))));
    }

    private static Arbitrary<SagaEvent> lifeOfAStep() {
        Arbitrary<Step> step = steps();
        Arbitrary<String> text = text();
        Arbitrary<String> endpoint =
                Arbitraries.of("direct:undo", "direct:confirm").injectNull(0.3);
        Arbitrary<Integer> attempt = Arbitraries.integers().between(1, 9);
        return Arbitraries.oneOf(List.of(
                Combinators.combine(
                                step,
                                endpoint,
                                endpoint,
                                Arbitraries.of(Map.<String, Object>of(), Map.<String, Object>of("a", "b")))
                        .as(SagaEvent.Enlist::new),
                Combinators.combine(step, text, values().injectNull(0.2)).as(SagaEvent.Success::new),
                Combinators.combine(step, text, text.injectNull(0.5), text).as(SagaEvent.StepRejected::new),
                Combinators.combine(step, text, text, text.injectNull(0.5))
                        .as((which, command, error, exception) ->
                                new SagaEvent.StepUnknown(which, command, error, exception, null, null, null)),
                Combinators.combine(step, step, values().injectNull(0.2), text.injectNull(0.8))
                        .as((ended, within, body, unkept) -> new SagaEvent.StepEnd(
                                ended, new StepLeft(body, Map.of("a", 1), null, List.of(within), unkept, null))),
                Combinators.combine(step, Arbitraries.longs().between(0, 9).injectNull(0.3), values().injectNull(0.5))
                        .as((ended, since, body) -> new SagaEvent.StepEnd(ended, since(since, body))),
                Combinators.combine(step, text)
                        .as((which, command) -> new SagaEvent.StepTimeout(which, command, 30_000)),
                Combinators.combine(step, text.injectNull(0.5))
                        .as((which, command) -> new SagaEvent.LateReply(which, command, "SUCCESS")),
                Combinators.combine(step, Arbitraries.of(Phase.COMPENSATION, Phase.COMPLETION))
                        .as(SagaEvent.Call::new),
                Combinators.combine(step, text, text).as(Awaits.StepSends::new),
                step.map(SagaEvent.CompleteSuccess::new),
                step.map(SagaEvent.StepUndone::new),
                Combinators.combine(
                                Arbitraries.of("child-1", "child-2").map(SagaId::new),
                                text,
                                text.injectNull(0.5),
                                Arbitraries.of(true, false))
                        .as(Child::new),
                text.map(SagaEvent.OtherPath::new),
                text.injectNull(0.5).map(Begin::new),
                Combinators.combine(Arbitraries.of("customer", "amount"), Arbitraries.of("ann", 5, true))
                        .as((name, value) -> new Attributes(Map.of(name, value))),
                Combinators.combine(step, text).as(SagaEvent.CompleteFail::new),
                Combinators.combine(step, attempt, text, text).as(SagaEvent.CompleteRetry::new),
                step.map(SagaEvent.CompensateSuccess::new),
                Combinators.combine(step, attempt, text).as(SagaEvent.CompensateRetry::new),
                Combinators.combine(step, attempt, text, text).as(SagaEvent.StepCompensateFailed::new)));
    }

    private static StepLeft since(Long sequence, JsonNode body) {
        LeftSince changed = new LeftSince(sequence, body, Map.of("b", 2), null, List.of("/headers/a"));
        return new StepLeft(null, Map.of(), null, List.of(), "told by since", null, changed, null);
    }

    private static Arbitrary<Step> steps() {
        return Arbitraries.of(new Step("PAY", 1), new Step("PAY", 2), new Step("SHIP", 1));
    }

    private static Arbitrary<String> text() {
        return Arbitraries.of("A", "B", "no \"stock\"\n남음");
    }

    private static Arbitrary<JsonNode> values() {
        return Arbitraries.of(
                TextNode.valueOf("x"),
                IntNode.valueOf(7),
                DecimalNode.valueOf(new BigDecimal("10.00")),
                JsonNodeFactory.instance.objectNode().put("paymentId", "p1"));
    }
}
