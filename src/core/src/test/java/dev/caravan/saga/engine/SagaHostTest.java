package dev.caravan.saga.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.caravan.saga.SagaId;
import dev.caravan.saga.SagaStatus;
import dev.caravan.saga.Step;
import dev.caravan.saga.message.SagaReply;
import dev.caravan.saga.state.InMemorySagaLog;
import dev.caravan.saga.state.SagaEvent;
import dev.caravan.saga.state.SagaLog;
import dev.caravan.saga.state.SagaState;
import dev.caravan.saga.test.GatedSagaLog;
import dev.caravan.saga.test.ManualTimers;
import dev.caravan.saga.test.TestEngine;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SagaHostTest {

    private static final SagaId ID = new SagaId("order-1");
    private static final Step PAY = new Step("PAY", 1);
    private static final SagaEvent.Start START = new SagaEvent.Start("order-saga", null, null, null, Map.of(), null);

    private final InMemorySagaLog log = new InMemorySagaLog();
    private final SagaHost host = host(log);

    private static SagaHost host(SagaLog log) {
        return TestEngine.on(log, new ManualTimers()).build().host();
    }

    private static SagaHost listenedTo(SagaLog log, SagaListener listener) {
        return TestEngine.on(log, new ManualTimers())
                .listeners(List.of(listener))
                .build()
                .host();
    }

    @Test
    void hasStartedASagaWhenTheLogSaysSo() {
        GatedSagaLog slow = new GatedSagaLog();

        CompletableFuture<LiveSaga> started = host(slow).start(ID, START);

        assertThat(started).isNotDone();
        slow.letOneIn();
        assertThat(started).isCompleted();
        assertThat(slow.read(ID)).hasSize(1);
    }

    @Test
    void refusesToStartASagaTwice() {
        LiveSaga saga = host.start(ID, START).join();

        assertThatThrownBy(() -> host.start(ID, START).join()).hasRootCauseMessage("Saga order-1 has started before");
        assertThat(log.read(ID)).hasSize(1);
        assertThat(host.live(ID)).containsSame(saga);
    }

    @Test
    void forgetsASagaThatCouldNotStart() {
        GatedSagaLog broken = new GatedSagaLog();
        SagaHost other = host(broken);

        CompletableFuture<LiveSaga> started = other.start(ID, START);
        broken.failOne(new IllegalStateException("disk full"));

        assertThatThrownBy(started::join)
                .hasCauseInstanceOf(SagaStartNotKnownException.class)
                .hasRootCauseMessage("disk full");
        assertThat(other.size()).isZero();
    }

    @Test
    void forgetsASagaWhoseStartCannotBeWritten() {
        GatedSagaLog broken = new GatedSagaLog();
        broken.refuse(new IllegalArgumentException("no JSON"));
        SagaHost other = host(broken);

        assertThatThrownBy(() -> other.start(ID, START).join()).hasRootCauseMessage("no JSON");
        assertThat(other.size()).isZero();
    }

    @Test
    void staysAsItWasWhenAnEntryCannotBeWritten() {
        GatedSagaLog broken = new GatedSagaLog();
        CompletableFuture<LiveSaga> started = host(broken).start(ID, START);
        broken.letOneIn();
        LiveSaga saga = started.join();

        broken.refuse(new IllegalArgumentException("no JSON"));
        CompletableFuture<Step> refused = saga.enlist("PAY", null, null, Map.of("option", new Object()));
        broken.refuse(null);
        saga.append(new SagaEvent.Complete());
        broken.letOneIn();

        assertThatThrownBy(refused::join).hasRootCauseMessage("no JSON");
        assertThat(broken.read(ID)).extracting(entry -> entry.sequence()).containsExactly(0L, 1L);
        assertThat(saga.state()).isEqualTo(SagaState.replay(ID, broken.read(ID)));
    }

    @Test
    void doesNotWaitUntilWhatItNotesIsDurable() {
        GatedSagaLog slow = new GatedSagaLog();
        LiveSaga saga = started(slow, START);

        CompletableFuture<Void> noted = saga.note(new SagaEvent.Success(PAY, "ProcessPayment", null));
        CompletableFuture<Step> next = saga.enlist("SHIP", "direct:unship", null, Map.of());

        assertThat(noted).isCompleted();
        assertThat(saga.state().steps()).hasSize(2);
        slow.letOneIn();
        assertThat(next).isNotDone();
        slow.letOneIn();
        assertThat(next).isCompleted();
        assertThat(saga.state()).isEqualTo(SagaState.replay(ID, slow.read(ID)));
    }

    @Test
    void letsASagaGoWhoseNoteIsPerhapsNotInTheLog() {
        GatedSagaLog slow = new GatedSagaLog();
        LiveSaga saga = started(slow, START);

        saga.note(new SagaEvent.Success(PAY, "ProcessPayment", null));
        slow.failOne(new IllegalStateException("disk full"));

        assertThat(saga.isGone()).isTrue();
        assertThat(saga.enlist("SHIP", "direct:unship", null, Map.of())).isCompletedExceptionally();
        assertThat(slow.waiting()).isZero();
    }

    @Test
    void waitsForANoteWhereALraCoordinatorDecides() {
        GatedSagaLog slow = new GatedSagaLog();
        LiveSaga saga =
                started(slow, new SagaEvent.Start("order-saga", "http://localhost/lra/1", null, null, Map.of()));

        CompletableFuture<Void> noted = saga.note(new SagaEvent.Success(PAY, "ProcessPayment", null));

        assertThat(noted).isNotDone();
        slow.letOneIn();
        assertThat(noted).isCompleted();
    }

    /** With a step PAY. */
    private static LiveSaga started(GatedSagaLog log, SagaEvent.Start event) {
        CompletableFuture<LiveSaga> started = host(log).start(ID, event);
        log.letOneIn();
        started.join().enlist(PAY.name(), "direct:refund", null, Map.of());
        log.letOneIn();
        return started.join();
    }

    @Test
    void findsASagaInItsLog() {
        LiveSaga before = host.start(ID, START).join();
        before.enlist("PAY", "direct:refund", null, Map.of("amount", "10.00")).join();

        SagaHost afterARestart = host(log);
        LiveSaga found = afterARestart.find(ID).join().orElseThrow();

        assertThat(found.state()).isEqualTo(before.state());
        assertThat(afterARestart.find(ID).join()).containsSame(found);
        assertThat(afterARestart.size()).isEqualTo(1);
    }

    @Test
    void findsTheSagaThatItHolds() {
        LiveSaga saga = host.start(ID, START).join();

        assertThat(host.find(ID).join()).containsSame(saga);
    }

    @Test
    void findsNothingOfAnUnknownSaga() {
        assertThat(host.find(ID).join()).isEmpty();
        assertThat(host.read(ID)).isEqualTo(SagaState.initial(ID));
        assertThat(host.size()).isZero();
    }

    @ParameterizedTest
    @EnumSource(names = {"COMPLETED", "COMPENSATED", "FAILED"})
    void forgetsASagaThatHasEnded(SagaStatus end) {
        LiveSaga saga = host.start(ID, START).join();

        end(saga, end);

        assertThat(saga.ended()).isCompleted();
        assertThat(saga.ended().join().status()).isEqualTo(end);
        assertThat(host.size()).isZero();
        assertThat(host.live(ID)).isEmpty();
        assertThat(host.find(ID).join()).isEmpty();
        assertThat(host.read(ID).status()).isEqualTo(end);
    }

    @Test
    void holdsASagaUntilItsEndIsDurable() {
        GatedSagaLog slow = new GatedSagaLog();
        SagaHost other = host(slow);
        CompletableFuture<LiveSaga> started = other.start(ID, START);
        slow.letOneIn();
        LiveSaga saga = started.join();

        saga.append(new SagaEvent.Complete());

        assertThat(saga.ended()).isNotDone();
        assertThat(other.size()).isEqualTo(1);
        slow.letOneIn();
        assertThat(saga.ended()).isCompleted();
        assertThat(other.size()).isZero();
    }

    @Test
    void tellsItsListenersOfEachEntryInOrderOnceItIsDurable() {
        GatedSagaLog slow = new GatedSagaLog();
        List<String> heard = new ArrayList<>();
        SagaHost other = listenedTo(
                slow,
                (entry, after) ->
                        heard.add(entry.sequence() + " " + entry.event().type() + " " + after.status() + " of "
                                + slow.read(ID).size()));

        CompletableFuture<LiveSaga> started = other.start(ID, START);
        slow.letOneIn();
        LiveSaga saga = started.join();
        saga.append(new SagaEvent.Fail(null, "no stock"));
        saga.append(new SagaEvent.CompensateComplete());

        assertThat(heard).containsExactly("0 START EXECUTING of 1");
        slow.letOneIn();
        slow.letOneIn();
        assertThat(heard)
                .containsExactly(
                        "0 START EXECUTING of 1", "1 FAIL COMPENSATING of 2", "2 COMPENSATE_COMPLETE COMPENSATED of 3");
    }

    @Test
    void tellsItsListenersNothingOfAnAppendThatFailed() {
        GatedSagaLog broken = new GatedSagaLog();
        List<String> heard = new ArrayList<>();
        SagaHost other =
                listenedTo(broken, (entry, after) -> heard.add(entry.event().type()));

        other.start(ID, START);
        broken.failOne(new IllegalStateException("disk full"));

        assertThat(heard).isEmpty();
    }

    @Test
    void takesAReplyForASagaThatDoesNotRunHereWithoutEffect() {
        host.deliver(new SagaReply(ID, PAY, "Pay", SagaReply.Status.SUCCESS, null, null, null, null));

        assertThat(log.read(ID)).isEmpty();
        assertThat(host.size()).isZero();
    }

    private static void end(LiveSaga saga, SagaStatus end) {
        if (end == SagaStatus.COMPLETED) {
            saga.append(new SagaEvent.Complete()).join();
            return;
        }
        saga.append(new SagaEvent.Fail(null, "no stock")).join();
        saga.append(
                        end == SagaStatus.COMPENSATED
                                ? new SagaEvent.CompensateComplete()
                                : new SagaEvent.CompensateFail(PAY, "no refund"))
                .join();
    }
}
