package dev.caravan.saga.state;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.caravan.saga.Step;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

/** What a step leaves is written by what has changed, and read as the whole message. */
class LeftSinceTest {

    private static final SagaLogCodec CODEC = new SagaLogCodec();
    private static final JsonNode LARGE = TextNode.valueOf("x".repeat(1000));

    @Provide
    Arbitrary<List<StepLeft>> messages() {
        Arbitrary<JsonNode> bodies = Arbitraries.of(
                        "1",
                        "1.0",
                        "1.00",
                        "\"x\"",
                        "{\"a\":1,\"b\":2}",
                        "{\"b\":2,\"a\":1}",
                        "[{\"a\":[]}]",
                        "[{\"a\":{}}]")
                .map(LeftSinceTest::json)
                .injectNull(0.2);
        Arbitrary<Object> values = Arbitraries.of("x", "y", 1, 2, List.of(1, "x"), Map.of("n", 1), true);
        Arbitrary<String> names = Arbitraries.of("a", "b", "c/d", "~1", "");
        Arbitrary<Map<String, Object>> maps = Arbitraries.maps(names, values).ofMaxSize(4);
        Arbitrary<Map<String, String>> kinds = Arbitraries.maps(
                        names.map(name -> "/headers/" + name), Arbitraries.of("long", "date"))
                .ofMaxSize(3);
        return Combinators.combine(bodies, maps, maps, maps, kinds)
                .as((body, headers, properties, variables, of) ->
                        new StepLeft(body, headers, Kept.of(properties, variables, of, null), List.of(), null, null))
                .list()
                .ofMinSize(2)
                .ofMaxSize(6);
    }

    private static JsonNode json(String text) {
        try {
            return SagaLogCodec.mapper().readTree(text);
        } catch (JsonProcessingException e) {
            throw new AssertionError(e);
        }
    }

    /** What is written when each of these is left by a step, the first one by START. */
    private static List<SagaLogEntry> written(List<StepLeft> messages) {
        List<SagaLogEntry> log = new ArrayList<>();
        SagaState saga = SagaState.initial(Logs.SAGA);
        for (StepLeft message : messages) {
            Step step = new Step("STEP", log.size() + 1);
            List<SagaEvent> events = log.isEmpty()
                    ? List.of(new SagaEvent.Start(
                            "trip",
                            null,
                            null,
                            message.body(),
                            message.headers(),
                            null,
                            null,
                            message.kept(),
                            null,
                            null,
                            Map.of(),
                            null))
                    : List.of(new SagaEvent.Enlist(step, null, null, Map.of()), new SagaEvent.StepEnd(step, message));
            for (SagaEvent event : events) {
                SagaLogEntry entry = Logs.entry(log.size(), LeftSince.in(event, saga));
                log.add(entry);
                saga = saga.apply(entry);
            }
        }
        return log;
    }

    private static SagaState read(List<SagaLogEntry> log) {
        return SagaState.replay(
                Logs.SAGA, log.stream().map(CODEC::encode).map(CODEC::decode).toList());
    }

    private static StepLeft message(SagaState saga, int step) {
        StepLeft left = saga.steps().get(step).left();
        return new StepLeft(left.body(), left.headers(), left.kept(), left.within(), left.unkept(), left.stopped());
    }

    @Property
    void everyMessageIsReadAsItWasLeft(@ForAll("messages") List<StepLeft> messages) throws Exception {
        SagaState saga = read(written(messages));

        for (int step = 0; step + 1 < messages.size(); step++) {
            StepLeft left = messages.get(step + 1);
            assertThat(message(saga, step)).isEqualTo(left);
            assertThat(String.valueOf(message(saga, step).body())).isEqualTo(String.valueOf(left.body()));
        }
    }

    @Test
    void aBodyThatStepsDoNotChangeIsWrittenOnce() {
        StepLeft same = new StepLeft(LARGE, Map.of(), null, List.of(), null, null);
        StepLeft other = new StepLeft(TextNode.valueOf("y"), Map.of("a", 1, "b", 2), null, List.of(), null, null);

        List<SagaLogEntry> log = written(List.of(same, same, other, same, same));

        assertThat(log.stream().mapToInt(entry -> CODEC.encode(entry).length).sum())
                .isLessThan(2800);
        assertThat(message(read(log), 3)).isEqualTo(same);
    }

    @Test
    void aMessageOfWhichTheLogLacksTheRestIsNotKept() {
        StepLeft first = new StepLeft(LARGE, Map.of("a", 1), null, List.of(), null, null);
        StepLeft second = new StepLeft(LARGE, Map.of("a", 1, "b", 2), null, List.of(), null, null);
        List<SagaLogEntry> log = written(List.of(first, second, second, second));

        log.remove(2);
        SagaState saga = read(log);

        assertThat(saga.steps().get(0).left()).isNull();
        assertThat(saga.steps().get(1).left().unkept()).contains("does not have the message before it");
        assertThat(saga.steps().get(2).left().unkept()).contains("does not have the message before it");
    }

    /** It has the saga undone after a crash, and does not go on with a message of which it knows a part. */
    @Test
    void aReaderOfBeforeTakesTheMessageForOneThatIsNotKept() {
        StepLeft same = new StepLeft(LARGE, Map.of("a", 1), null, List.of(), null, null);

        JsonNode left =
                CODEC.encode(written(List.of(same, same)).get(2).event()).path("left");

        assertThat(left.path("unkept").isTextual()).isTrue();
        assertThat(left.has("body")).isFalse();
    }
}
