package dev.caravan.saga.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.caravan.saga.SagaId;
import dev.caravan.saga.Step;
import dev.caravan.saga.message.Phase;
import dev.caravan.saga.message.Question;
import dev.caravan.saga.message.SagaCommand;
import dev.caravan.saga.message.SagaReply;
import dev.caravan.saga.state.InMemorySagaLog;
import dev.caravan.saga.state.SagaEvent;
import dev.caravan.saga.state.SagaLogEntry;
import dev.caravan.saga.state.SagaState;
import dev.caravan.saga.state.StepAsked;
import dev.caravan.saga.state.StepTold;
import dev.caravan.saga.test.ManualTimers;
import dev.caravan.saga.test.TestEngine;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** Participants are asked what they hold, whatever the saga's status and whoever asks; nothing changes by it. */
class StepQuestionsTest {

    private static final SagaId TRIP = new SagaId("trip-1");
    private static final Step PAY = new Step("PAY", 1);
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final InMemorySagaLog log = new InMemorySagaLog();
    private final ManualTimers timers = new ManualTimers();
    private final List<SagaCommand> sent = new ArrayList<>();
    private final SagaEngine engine = engine();
    private final SagaEngine elsewhere = engine();

    StepQuestionsTest() {
        engine.partitions().gained(0, 0, 0);
        AtomicLong offset = new AtomicLong();
        log.follow(entry -> engine.partitions().read(0, offset.getAndIncrement(), entry));
    }

    private SagaEngine engine() {
        return TestEngine.on(log, timers)
                .partitions(OwnedPartitions.Ends.UNTOLD)
                .commands((command, headers) -> {
                    sent.add(command);
                    return CompletableFuture.completedFuture(null);
                })
                .build();
    }

    private void begin(SagaEvent... others) {
        append(new SagaEvent.Start("trip", null, "order-1", null, Map.of()));
        append(new SagaEvent.Enlist(PAY, "direct:refund", null, Map.of()));
        append(new SagaEvent.StepUnknown(PAY, "Pay", "the bank is away", null, null, null, null));
        List.of(others).forEach(this::append);
    }

    private void append(SagaEvent event) {
        log.append(new SagaLogEntry(TRIP, log.read(TRIP).size(), timers.clock().instant(), event));
    }

    private CompletableFuture<List<StepTold>> ask() {
        return elsewhere.operator().ask(TRIP, PAY, "ann", "to be sure", PATIENCE);
    }

    private Question asked() {
        assertThat(sent).hasSize(1);
        return Question.of(sent.get(0));
    }

    private static ObjectNode held(String state) {
        return JsonNodeFactory.instance.objectNode().put("held", state).put("command", "Pay");
    }

    private void answer(String service, ObjectNode held) {
        engine.host().replies().deliver(asked().answer(held), service);
    }

    @Test
    void isAskedByAnyInstanceAndSentByTheOneThatHasThePartition() {
        begin();
        CompletableFuture<List<StepTold>> answers = ask();
        assertThat(asked().commands()).containsExactly("Pay");
        assertThat(sent.get(0).service()).isEqualTo(Question.NAME);
        assertThat(sent.get(0).phase()).isEqualTo(Phase.COMPENSATION);

        answer("bank", held("DONE").set("result", TextNode.valueOf("p-1")));
        assertThat(answers).isNotDone();
        timers.advance(Duration.ofSeconds(1));

        assertThat(answers.join())
                .containsExactly(new StepTold(
                        PAY, asked().id(), "bank", "DONE", "Pay", TextNode.valueOf("p-1"), null, null, null));
    }

    @Test
    void saysNothingWhenNobodyAnswersInTime() {
        begin();
        CompletableFuture<List<StepTold>> answers = ask();
        timers.advance(PATIENCE);

        assertThat(answers.join()).isEmpty();
    }

    @Test
    void changesNothingOfTheSagaAndIsWrittenDown() {
        begin(new SagaEvent.Fail(PAY, "away"), new SagaEvent.CompensateFail(PAY, "away"));
        SagaState before = SagaState.replay(TRIP, log.read(TRIP));
        ask();
        answer("bank", held("BARRED"));

        assertThat(SagaState.replay(TRIP, log.read(TRIP))).isEqualTo(before);
        assertThat(engine.host().ownership().inFlight(TRIP)).contains(before);
        assertThat(log.read(TRIP))
                .extracting(SagaLogEntry::event)
                .contains(new StepAsked(PAY, asked().id(), List.of("Pay"), "ann", "to be sure"))
                .filteredOn(event -> event instanceof StepTold)
                .hasSize(1);
    }

    @Test
    void isAskedOfASagaThatHasEnded() {
        begin(
                new SagaEvent.Fail(PAY, "away"),
                new SagaEvent.CompensateSuccess(PAY),
                new SagaEvent.CompensateComplete());
        CompletableFuture<List<StepTold>> answers = ask();
        answer("bank", held("COMPENSATED"));
        timers.advance(Duration.ofSeconds(1));

        assertThat(answers.join()).extracting(StepTold::held).containsExactly("COMPENSATED");
    }

    @Test
    void writesOneAnswerOfEachServiceDownAndNoneThatNobodyAskedFor() {
        begin();
        ask();
        answer("bank", held("DONE"));
        answer("bank", held("DONE"));
        answer("hotel", held("NOTHING"));
        SagaReply forged = new Question(TRIP, PAY, "forged", List.of()).answer(held("DONE"));
        assertThat(engine.host().replies().deliver(forged, "bank")).isEmpty();
        SagaReply ofAnother = new Question(new SagaId("trip-2"), PAY, asked().id(), List.of()).answer(held("DONE"));
        engine.host().replies().deliver(ofAnother, "car");
        timers.advance(Duration.ofMinutes(3));
        answer("car", held("DONE"));

        assertThat(log.read(TRIP))
                .extracting(SagaLogEntry::event)
                .filteredOn(event -> event instanceof StepTold)
                .extracting(event -> ((StepTold) event).service())
                .containsExactly("bank", "hotel");
        assertThat(log.read(new SagaId("trip-2"))).isEmpty();
    }

    @Test
    void refusesAnAnswerThatDoesNotSayToWhat() {
        begin();
        SagaReply answer = SagaReply.success(new Question(TRIP, PAY, "1", List.of()).toCommand(), null);

        assertThat(engine.host().replies().deliver(answer, "bank"))
                .contains("Field 'question' is missing. Expected text");
    }

    @Test
    void doesNotAskOfWhatIsNotKnown() {
        assertThatThrownBy(() -> ask().join()).hasMessageContaining("There is no saga trip-1");
        begin();
        assertThatThrownBy(() -> elsewhere
                        .operator()
                        .ask(TRIP, new Step("CAR", 1), "ann", "to be sure", PATIENCE)
                        .join())
                .hasMessageContaining("Saga trip-1 has no step CAR");
        assertThat(sent).isEmpty();
    }
}
