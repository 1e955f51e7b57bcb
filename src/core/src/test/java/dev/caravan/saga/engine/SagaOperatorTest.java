package dev.caravan.saga.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.caravan.saga.SagaId;
import dev.caravan.saga.SagaStatus;
import dev.caravan.saga.Step;
import dev.caravan.saga.StepStatus;
import dev.caravan.saga.state.InMemorySagaLog;
import dev.caravan.saga.state.SagaEvent;
import dev.caravan.saga.state.SagaLogEntry;
import dev.caravan.saga.state.SagaState;
import dev.caravan.saga.test.ManualTimers;
import dev.caravan.saga.test.TestEngine;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class SagaOperatorTest {

    private static final SagaId TRIP = new SagaId("trip-1");
    private static final Step PAY = new Step("PAY", 1);

    private final InMemorySagaLog log = new InMemorySagaLog();
    private final List<SagaStatus> resumed = new ArrayList<>();
    private final List<SagaEvent.Fail> cancelled = new ArrayList<>();
    private final SagaEngine engine = TestEngine.on(log, new ManualTimers())
            .application("test")
            .partitions(OwnedPartitions.Ends.UNTOLD)
            .recovery(host -> new Noting())
            .build();
    private final SagaHost host = engine.host();
    private final SagaOperator operator = engine.operator();

    SagaOperatorTest() {
        OwnedPartitions partitions = engine.partitions();
        partitions.gained(0, 0, 0);
        AtomicLong offset = new AtomicLong();
        log.follow(entry -> partitions.read(0, offset.getAndIncrement(), entry));
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
        assertThat(lastEvent()).isEqualTo(new SagaEvent.Retry("alice", "the bank is back", null));
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
