package dev.caravan.saga.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.caravan.saga.SagaId;
import dev.caravan.saga.SagaStatus;
import dev.caravan.saga.Step;
import dev.caravan.saga.StepStatus;
import dev.caravan.saga.state.Correction;
import dev.caravan.saga.state.InMemorySagaLog;
import dev.caravan.saga.state.SagaEvent;
import dev.caravan.saga.state.SagaLogEntry;
import dev.caravan.saga.state.SagaState;
import dev.caravan.saga.state.StepCorrection;
import dev.caravan.saga.state.StepResolved;
import dev.caravan.saga.test.ManualTimers;
import dev.caravan.saga.test.TestEngine;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class SagaOperatorTest {

    private static final SagaId TRIP = new SagaId("trip-1");
    private static final Step PAY = new Step("PAY", 1);
    private static final Step HOTEL = new Step("HOTEL", 1);

    private final InMemorySagaLog log = new InMemorySagaLog();
    private final List<SagaStatus> resumed = new ArrayList<>();
    private final List<SagaEvent.Fail> cancelled = new ArrayList<>();
    private final SagaEngine engine = engine(CorrectionPolicy.AT_ONCE);
    private final SagaHost host = engine.host();
    private final SagaOperator operator = engine.operator();

    SagaOperatorTest() {
        OwnedPartitions partitions = engine.partitions();
        partitions.gained(0, 0, 0);
        AtomicLong offset = new AtomicLong();
        log.follow(entry -> partitions.read(0, offset.getAndIncrement(), entry));
    }

    private SagaEngine engine(CorrectionPolicy corrections) {
        return TestEngine.on(log, new ManualTimers())
                .application("test")
                .partitions(OwnedPartitions.Ends.UNTOLD)
                .corrections(corrections)
                .recovery(host -> new Noting())
                .build();
    }

    private final class Noting implements SagaRecovery {

        @Override
        public void resume(LiveSaga saga) {
            resumed.add(saga.state().status());
        }

        @Override
        public CompletableFuture<Void> cancel(LiveSaga saga, SagaEvent.Fail reason) {
            cancelled.add(reason);
            return new CompletableFuture<>();
        }
    }

    @Test
    void hasTheCompensationsOfAFailedSagaTriedAgain() {
        fail();

        operator.retry(TRIP, "alice", "the bank is back").join();

        assertThat(resumed).containsExactly(SagaStatus.COMPENSATING);
        assertThat(state().step(PAY).orElseThrow().status()).isEqualTo(StepStatus.UNKNOWN);
        assertThat(lastEvent()).isEqualTo(new SagaEvent.Retry("alice", "the bank is back", null, null, null));
    }

    @Test
    void takesAPersonsWordForWhatWasUndoneByHand() {
        fail();

        operator.resolve(TRIP, "alice", "refunded by hand").join();

        assertThat(state().status()).isEqualTo(SagaStatus.COMPENSATED);
        assertThat(host.size()).isZero();
    }

    @Test
    void doesNotRetryASagaThatHasNotFailed() {
        start();

        assertThatThrownBy(() -> operator.retry(TRIP, "alice", "to see"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("Saga trip-1 is EXECUTING, not FAILED");
    }

    @Test
    void doesNotResolveWhatIsResolved() {
        fail();
        operator.resolve(TRIP, "alice", "refunded by hand").join();

        assertThatThrownBy(() -> operator.resolve(TRIP, "alice", "again"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("has ended");
    }

    @Test
    void cancelsARunningSagaAndSaysWhoAndWhy() {
        start();

        operator.cancel(TRIP, "alice", "wrong order").join();

        assertThat(cancelled).containsExactly(new SagaEvent.Fail(null, "Cancelled by alice: wrong order"));
    }

    @Test
    void triesOneStepAgainAndLeavesWhatElseWasGivenUp() {
        failTwice();

        operator.retry(TRIP, HOTEL, "alice", "the hotel is back").join();

        assertThat(resumed).containsExactly(SagaStatus.COMPENSATING);
        assertThat(status(HOTEL)).isEqualTo(StepStatus.UNKNOWN);
        assertThat(status(PAY)).isEqualTo(StepStatus.COMPENSATION_FAILED);
        assertThat(lastEvent()).isEqualTo(new SagaEvent.Retry("alice", "the hotel is back", null, HOTEL, null));
    }

    @Test
    void takesAPersonsWordForOneStepAndEndsWithTheLast() {
        failTwice();

        operator.resolve(TRIP, HOTEL, "alice", "cancelled by phone, see 4711").join();

        assertThat(state().status()).isEqualTo(SagaStatus.FAILED);
        assertThat(status(HOTEL)).isEqualTo(StepStatus.COMPENSATED);
        assertThat(status(PAY)).isEqualTo(StepStatus.COMPENSATION_FAILED);
        assertThat(state().trouble()).isEqualTo("Step PAY was given up: no refund");
        assertThat(lastEvent()).isEqualTo(new StepResolved(HOTEL, "alice", "cancelled by phone, see 4711", null));

        operator.resolve(TRIP, PAY, "bob", "refunded, see 4712").join();

        assertThat(state().status()).isEqualTo(SagaStatus.COMPENSATED);
        assertThat(state().trouble()).isNull();
        assertThat(lastEvent()).isEqualTo(new SagaEvent.Resolve("bob", "refunded, see 4712", null));
        assertThat(host.size()).isZero();
    }

    @Test
    void finishesByHandWhatCouldNotBeCompleted() {
        LiveSaga saga = start();
        saga.append(new SagaEvent.Success(PAY, "Pay", null)).join();
        saga.append(new SagaEvent.Close()).join();
        saga.append(new SagaEvent.CompleteFail(PAY, "the book is closed")).join();

        operator.resolve(TRIP, PAY, "alice", "booked by hand").join();

        assertThat(state().status()).isEqualTo(SagaStatus.COMPLETED);
    }

    @Test
    void doesNothingForAStepOfWhichNothingWasGivenUp() {
        failTwice();

        for (Step step : List.of(new Step("CAR", 1), new Step("FLIGHT", 1))) {
            assertThatThrownBy(() -> operator.retry(TRIP, step, "alice", "to see"))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("Saga trip-1 is FAILED, and nothing was given up for step " + step);
            assertThatThrownBy(() -> operator.resolve(TRIP, step, "alice", "to see"))
                    .isInstanceOf(IllegalStateException.class);
        }
        assertThat(host.size()).isZero();
        operator.resolve(TRIP, HOTEL, "alice", "by hand").join();
        assertThatThrownBy(() -> operator.resolve(TRIP, HOTEL, "alice", "by hand"))
                .isInstanceOf(IllegalStateException.class);
    }

    @Test
    void doesForAStepWhatAnotherInstanceWasAsked() {
        failTwice();

        request("1", new StepResolved(HOTEL, "alice", "by hand", null));
        assertThat(lastEvent()).isEqualTo(new StepResolved(HOTEL, "alice", "by hand", "1"));
        request("2", new SagaEvent.Retry("alice", "back", null, PAY, null));
        assertThat(lastEvent()).isEqualTo(new SagaEvent.Retry("alice", "back", "2", PAY, null));
    }

    @Test
    void sendsCorrectedDataOfAnOperatorAtOnce() {
        failTwice();

        operator.correct(TRIP, PAY, Map.of("iban", "DE02"), "alice", "the account was closed")
                .join();

        assertThat(resumed).containsExactly(SagaStatus.COMPENSATING);
        assertThat(status(PAY)).isEqualTo(StepStatus.UNKNOWN);
        assertThat(status(HOTEL)).isEqualTo(StepStatus.COMPENSATION_FAILED);
        assertThat(corrected()).isEqualTo(Map.of("iban", "DE02"));
        List<SagaLogEntry> entries = log.read(TRIP);
        SagaLogEntry given = entries.get(entries.size() - 2);
        assertThat(given.event())
                .isEqualTo(new StepCorrection(PAY, Map.of("iban", "DE02"), "alice", "the account was closed", null));
        assertThat(lastEvent())
                .isEqualTo(new SagaEvent.Retry("alice", "the account was closed", null, PAY, given.sequence()));
    }

    @Test
    void refusesACorrectionOfNothingAndOfWhatWasNotGivenUp() {
        failTwice();

        assertThatThrownBy(() -> operator.correct(TRIP, PAY, Map.of(), "alice", "to see"))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> operator.correct(TRIP, new Step("FLIGHT", 1), Map.of("a", 1), "alice", "to see"))
                .isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> operator.confirm(TRIP, PAY, 3, "alice", "to see"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("Step PAY of saga trip-1 has no corrected data 3 that waits: look at what there is now");
        assertThat(host.size()).isZero();
    }

    @Test
    void sendsCorrectedDataWhenASecondOperatorConfirmsIt() {
        failTwice();
        SagaOperator confirmed = confirmed();

        confirmed.correct(TRIP, PAY, Map.of("iban", "DE02"), "alice", "closed").join();
        long number = state().nextSequence() - 1;
        confirmed
                .correct(TRIP, PAY, Map.of("iban", "DE03"), "alice", "mistyped")
                .join();

        assertThat(resumed).isEmpty();
        assertThat(state().status()).isEqualTo(SagaStatus.FAILED);
        assertThat(corrected()).isEmpty();
        assertThatThrownBy(() -> confirmed.confirm(TRIP, PAY, number, "bob", "seen"))
                .hasMessageContaining("has no corrected data " + number);
        assertThatThrownBy(() -> confirmed.confirm(TRIP, PAY, number + 1, " Alice", "seen"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("alice gave the corrected data of step PAY: another operator has to confirm it");

        confirmed.confirm(TRIP, PAY, number + 1, "bob", "seen").join();

        assertThat(resumed).containsExactly(SagaStatus.COMPENSATING);
        assertThat(corrected()).isEqualTo(Map.of("iban", "DE03"));
        assertThat(lastEvent()).isEqualTo(new SagaEvent.Retry("bob", "seen", null, PAY, number + 1));
    }

    @Test
    void sendsWhatTheLogHadWhenNobodyConfirmsTheCorrection() {
        failTwice();
        SagaOperator confirmed = confirmed();
        confirmed.correct(TRIP, PAY, Map.of("iban", "DE02"), "alice", "closed").join();

        confirmed.retry(TRIP, "bob", "the bank is back").join();

        assertThat(status(PAY)).isEqualTo(StepStatus.UNKNOWN);
        assertThat(corrected()).isEmpty();
        assertThat(state().step(PAY).orElseThrow().correction()).isNull();
    }

    @Test
    void leavesACorrectionToBeConfirmedThatACrashKeptFromBeingSent() {
        failTwice();
        append(new StepCorrection(PAY, Map.of("iban", "DE02"), "alice", "closed", null));
        long number = state().nextSequence() - 1;

        operator.confirm(TRIP, PAY, number, "alice", "it was not sent").join();

        assertThat(corrected()).isEqualTo(Map.of("iban", "DE02"));
        assertThat(resumed).containsExactly(SagaStatus.COMPENSATING);
    }

    @Test
    void doesNotTryAStepAgainForACorrectionThatItHasNot() {
        failTwice();

        append(new SagaEvent.Retry("alice", "closed", null, PAY, 2L));

        assertThat(status(PAY)).isEqualTo(StepStatus.COMPENSATION_FAILED);
    }

    @Test
    void takesACorrectionThatAnotherInstanceWasAskedFor() {
        failTwice();

        request("1", new StepCorrection(PAY, Map.of("iban", "DE02"), "alice", "closed", null));

        assertThat(corrected()).isEqualTo(Map.of("iban", "DE02"));
        assertThat(log.read(TRIP))
                .extracting(SagaLogEntry::event)
                .contains(new StepCorrection(PAY, Map.of("iban", "DE02"), "alice", "closed", "1"));
    }

    private SagaOperator confirmed() {
        SagaEngine other = engine(CorrectionPolicy.CONFIRMED);
        OwnedPartitions partitions = other.partitions();
        partitions.gained(0, 0, 0);
        AtomicLong offset = new AtomicLong();
        log.follow(entry -> partitions.read(0, offset.getAndIncrement(), entry));
        return other.operator();
    }

    private void append(SagaEvent event) {
        log.append(new SagaLogEntry(TRIP, state().nextSequence(), Instant.EPOCH, event));
    }

    private Map<String, Object> corrected() {
        return Correction.of(state().step(PAY).orElseThrow());
    }

    @Test
    void saysThatAFailedSagaIsNotCancelledForAnotherInstance() {
        fail();

        request("1", new SagaEvent.Fail(null, "Cancelled by alice: wrong order"));
        assertThat(lastEvent()).isEqualTo(new SagaEvent.Refuse("1", "Saga trip-1 is FAILED"));
    }

    private void request(String id, SagaEvent event) {
        SagaOperator.request(host, TRIP, new SagaEvent.Request(id, "test", event));
    }

    /** FLIGHT was undone; HOTEL and PAY were given up. */
    private void failTwice() {
        LiveSaga saga = start();
        saga.enlist("HOTEL", "direct:cancel", null, Map.of()).join();
        saga.enlist("FLIGHT", "direct:unbook", null, Map.of()).join();
        saga.append(new SagaEvent.Fail(null, "full")).join();
        saga.append(new SagaEvent.CompensateSuccess(new Step("FLIGHT", 1))).join();
        saga.append(new SagaEvent.StepCompensateFailed(HOTEL, 3, "closed", null))
                .join();
        saga.append(new SagaEvent.StepCompensateFailed(PAY, 3, "no refund", null))
                .join();
        saga.append(new SagaEvent.CompensateFail(PAY, "no refund")).join();
    }

    private StepStatus status(Step step) {
        return state().step(step).orElseThrow().status();
    }

    private LiveSaga start() {
        LiveSaga saga = host.start(TRIP, new SagaEvent.Start("trip", null, null, null, Map.of(), "test"))
                .join();
        saga.enlist("PAY", "direct:refund", null, Map.of()).join();
        return saga;
    }

    private void fail() {
        LiveSaga saga = start();
        saga.append(new SagaEvent.Fail(PAY, "no")).join();
        saga.append(new SagaEvent.StepCompensateFailed(PAY, 3, "the bank is away", null))
                .join();
        saga.append(new SagaEvent.CompensateFail(PAY, "the bank is away")).join();
    }

    private SagaState state() {
        return SagaState.replay(TRIP, log.read(TRIP));
    }

    private SagaEvent lastEvent() {
        List<SagaLogEntry> entries = log.read(TRIP);
        return entries.get(entries.size() - 1).event();
    }
}
