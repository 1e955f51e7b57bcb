package dev.caravan.saga.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.caravan.saga.SagaId;
import dev.caravan.saga.SagaStatus;
import dev.caravan.saga.Step;
import dev.caravan.saga.engine.PendingReplies.Pending;
import dev.caravan.saga.message.SagaReply;
import dev.caravan.saga.state.IllegalTransitionException;
import dev.caravan.saga.state.InMemorySagaLog;
import dev.caravan.saga.state.SagaEvent;
import dev.caravan.saga.state.SagaLogEntry;
import dev.caravan.saga.state.SagaState;
import dev.caravan.saga.test.FakeParticipants;
import dev.caravan.saga.test.ManualTimers;
import dev.caravan.saga.test.TestEngine;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class LiveSagaTest {

    private static final SagaId ID = new SagaId("order-1");
    private static final Step PAY = new Step("PAY", 1);
    private static final SagaEvent.Start START = new SagaEvent.Start("order-saga", null, null, null, Map.of(), null);
    private static final SagaEvent FAIL = new SagaEvent.Fail(null, "no stock");

    private final InMemorySagaLog log = new InMemorySagaLog();
    private final ManualTimers timers = new ManualTimers();
    private final SagaHost host = TestEngine.on(log, timers).build().host();
    private LiveSaga saga;

    @BeforeEach
    void startASaga() {
        saga = host.start(ID, START).join();
    }

    private List<String> events() {
        return log.read(ID).stream().map(entry -> entry.event().type()).toList();
    }

    private Step enlist(String name) {
        return saga.enlist(name, "direct:undo", null, Map.of()).join();
    }

    static Stream<SagaEvent> notWhileExecuting() {
        return Stream.of(
                START,
                new SagaEvent.CompleteSuccess(PAY),
                new SagaEvent.CompensateSuccess(PAY),
                new SagaEvent.CompensateComplete(),
                new SagaEvent.CompensateFail(PAY, "no refund"),
                new SagaEvent.Retry("ann", "again", null, null, null),
                new SagaEvent.Resolve("ann", "done by hand", null));
    }

    @ParameterizedTest
    @MethodSource("notWhileExecuting")
    void refusesWhatItsStateDoesNotAllowAndWritesNothing(SagaEvent event) {
        assertThatThrownBy(() -> saga.append(event).join())
                .hasCauseInstanceOf(IllegalTransitionException.class)
                .hasMessageContaining("Saga order-1 is EXECUTING: ");

        assertThat(events()).containsExactly("START");
        assertThat(saga.state().status()).isEqualTo(SagaStatus.EXECUTING);
    }

    @Test
    void appendsOnlyWhatItsStateAllowsWhenAskedSo() {
        saga.appendIfAllowed(FAIL).join();
        saga.appendIfAllowed(new SagaEvent.Timeout(null, "too late")).join();

        assertThat(events()).containsExactly("START", "FAIL");
        assertThat(saga.state().reason()).isEqualTo("no stock");
    }

    @Test
    void writesEntriesWithItsOwnTimeAndSequence() {
        timers.advance(Duration.ofNanos(1_500_999_999));
        saga.append(FAIL).join();

        SagaLogEntry entry = log.read(ID).get(1);
        assertThat(entry.sequence()).isEqualTo(1);
        assertThat(entry.timestamp()).hasToString("2026-01-01T00:00:01.500Z");
    }

    @Test
    void isWhatItsLogSays() {
        enlist("PAY");
        saga.append(new SagaEvent.Success(PAY, "Pay", FakeParticipants.json("{\"id\":1}")))
                .join();
        saga.append(FAIL).join();

        assertThat(saga.state()).isEqualTo(SagaState.replay(ID, log.read(ID)));
    }

    @Test
    void numbersTheStepsOfOneName() {
        assertThat(enlist("PAY")).isEqualTo(PAY);
        assertThat(enlist("SHIP")).isEqualTo(new Step("SHIP", 1));
        assertThat(enlist("PAY")).isEqualTo(new Step("PAY", 2));
        assertThat(events()).containsExactly("START", "ENLIST", "ENLIST", "ENLIST");
    }

    @Test
    void findsItsStepsWhenTheRouteRunsAgain() {
        enlist("PAY");
        enlist("PAY");

        saga = TestEngine.on(log, timers).build().host().find(ID).join().orElseThrow();

        assertThat(enlist("PAY")).isEqualTo(PAY);
        assertThat(enlist("PAY")).isEqualTo(new Step("PAY", 2));
        assertThat(events()).containsExactly("START", "ENLIST", "ENLIST");
        assertThat(enlist("PAY")).isEqualTo(new Step("PAY", 3));
        assertThat(events()).containsExactly("START", "ENLIST", "ENLIST", "ENLIST");
    }

    @Test
    void letsNoStepJoinOnceItCompensates() {
        saga.append(FAIL).join();

        assertThatThrownBy(() -> enlist("PAY")).hasRootCauseMessage("Cannot begin: status is COMPENSATING");
        assertThat(events()).containsExactly("START", "FAIL");
    }

    @Test
    void handsAReplyToWhoWaitsForIt() {
        Pending pending = saga.expect(PAY, null, "Pay", true);

        SagaReply reply = reply("Pay");
        host.deliver(reply);

        assertThat(pending.reply()).isCompletedWithValue(reply);
        assertThat(events()).containsExactly("START");
    }

    @Test
    void handsAReplyWithoutACommandToTheOneThatWaits() {
        Pending pending = saga.expect(PAY, null, "Pay", true);

        host.deliver(reply(null));

        assertThat(pending.reply()).isCompleted();
    }

    @Test
    void writesALateReplyDown() {
        enlist("PAY");
        saga.forget(saga.expect(PAY, null, "Pay", true));

        host.deliver(reply("Pay"));

        assertThat(log.read(ID).get(2).event()).isEqualTo(new SagaEvent.LateReply(PAY, "Pay", "SUCCESS"));
        assertThat(saga.state().status()).isEqualTo(SagaStatus.EXECUTING);
    }

    @Test
    void refusesAReplyOfAStepThatItDoesNotHave() {
        assertThat(host.replies().deliver(reply("Pay"), null)).contains("Saga order-1 has no step PAY");

        assertThat(events()).containsExactly("START");
    }

    @Test
    void refusesAReplyOfAServiceThatWasNotAsked() {
        enlist("PAY");
        Pending pending = saga.expect(PAY, "payment-service", "Pay", true);

        assertThat(host.replies().deliver(reply("Pay"), "shipping-service"))
                .contains("shipping-service answers a command of step PAY, which payment-service was asked for");
        assertThat(pending.reply()).isNotDone();

        assertThat(host.replies().deliver(reply("Pay"), "payment-service")).isEmpty();
        assertThat(pending.reply()).isCompleted();
        assertThat(events()).containsExactly("START", "ENLIST");
    }

    @Test
    void takesAReplyThatNamesNoService() {
        Pending pending = saga.expect(PAY, "payment-service", "Pay", true);

        assertThat(host.replies().deliver(reply(null), null)).isEmpty();

        assertThat(pending.reply()).isCompleted();
    }

    @Test
    void writesFewLateRepliesDownHoweverManyCome() {
        enlist("PAY");

        for (int i = 0; i < 1000; i++) {
            host.deliver(reply("Pay"));
            host.deliver(reply("Forged" + i));
        }

        assertThat(events()).hasSizeBetween(30, 40);
    }

    @Test
    void writesALateReplyWithoutACommandDown() {
        enlist("PAY");

        host.deliver(reply(null));

        assertThat(log.read(ID).get(2).event()).isEqualTo(new SagaEvent.LateReply(PAY, null, "SUCCESS"));
    }

    @Test
    void writesNothingOfAReplyThatIsRecordedAlready() {
        enlist("PAY");
        saga.append(new SagaEvent.Success(PAY, "Pay", null)).join();

        host.deliver(reply("Pay"));

        assertThat(events()).containsExactly("START", "ENLIST", "SUCCESS");
    }

    @Test
    void writesASecondReplyDownAsLate() {
        enlist("PAY");
        Pending pending = saga.expect(PAY, null, "Pay", true);

        host.deliver(reply("Pay"));
        host.deliver(reply("Pay"));

        assertThat(pending.reply()).isCompleted();
        assertThat(events()).containsExactly("START", "ENLIST", "LATE_REPLY");
    }

    @Test
    void abandonsActionsWhenItFails() {
        Pending pay = saga.expect(PAY, null, "Pay", true);
        Pending refund = saga.expect(PAY, null, "Refund", false);

        saga.append(FAIL).join();

        assertThat(pay.reply()).isCompletedExceptionally();
        assertThat(refund.reply()).isNotDone();
        host.deliver(reply("Refund"));
        assertThat(refund.reply()).isCompleted();
    }

    @Test
    void waitsForNoActionOnceItHasFailed() {
        saga.append(FAIL).join();

        Pending pay = saga.expect(PAY, null, "Pay", true);
        Pending refund = saga.expect(PAY, null, "Refund", false);

        assertThatThrownBy(() -> pay.reply().join())
                .hasRootCauseMessage("Saga order-1 is COMPENSATING: step PAY no longer waits for Pay");
        assertThat(refund.reply()).isNotDone();
    }

    @Test
    void goesOnWaitingWhileItExecutes() {
        Pending pay = saga.expect(PAY, null, "Pay", true);

        enlist("SHIP");
        saga.append(new SagaEvent.Success(new Step("SHIP", 1), "Ship", null)).join();

        assertThat(pay.reply()).isNotDone();
    }

    @Test
    void numbersTheEntriesOfManyThreadsWithoutGapOrDuplicate() {
        CompletableFuture.allOf(IntStream.range(0, 4)
                        .mapToObj(thread -> CompletableFuture.runAsync(() -> IntStream.range(0, 100)
                                .forEach(i -> saga.append(new SagaEvent.LateReply(PAY, "Pay", "SUCCESS"))
                                        .join())))
                        .toArray(CompletableFuture[]::new))
                .join();

        assertThat(log.read(ID))
                .extracting(SagaLogEntry::sequence)
                .containsExactlyElementsOf(
                        IntStream.rangeClosed(0, 400).mapToObj(Long::valueOf).toList());
    }

    private static SagaReply reply(String command) {
        return new SagaReply(ID, PAY, command, SagaReply.Status.SUCCESS, null, null, null, null);
    }
}
