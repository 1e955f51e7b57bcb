package dev.caravan.saga.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.caravan.saga.SagaId;
import dev.caravan.saga.Step;
import dev.caravan.saga.engine.PendingReplies.Abandoned;
import dev.caravan.saga.engine.PendingReplies.Pending;
import dev.caravan.saga.message.SagaReply;
import dev.caravan.saga.state.SagaEvent;
import dev.caravan.saga.state.SagaLogEntry;
import dev.caravan.saga.state.SagaState;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PendingRepliesTest {

    private static final SagaId SAGA = new SagaId("order-1");
    private static final Step PAY = new Step("PAY", 1);
    private static final Step PAY_AGAIN = new Step("PAY", 2);

    private final PendingReplies pending = new PendingReplies();

    @Test
    void aReplyMeetsTheCommandThatItAnswers() {
        pending.expect(PAY, "Reserve", true);
        Pending capture = pending.expect(PAY, "Capture", true);

        assertThat(pending.take(reply(PAY, "Capture"))).contains(capture);
    }

    @Test
    void aReplyMeetsItsOwnOccurrence() {
        pending.expect(PAY, "Pay", true);
        Pending second = pending.expect(PAY_AGAIN, "Pay", true);

        assertThat(pending.take(reply(PAY_AGAIN, "Pay"))).contains(second);
    }

    @Test
    void aReplyIsTakenOnce() {
        pending.expect(PAY, "Pay", true);
        pending.take(reply(PAY, "Pay"));

        assertThat(pending.take(reply(PAY, "Pay"))).isEmpty();
    }

    @Test
    void aReplyWithoutACommandMeetsTheOneOutstandingOfItsStep() {
        pending.expect(PAY_AGAIN, "Pay", true);
        Pending pay = pending.expect(PAY, "Pay", true);

        assertThat(pending.take(reply(PAY, null))).contains(pay);
    }

    @Test
    void aReplyWithoutACommandMeetsNoneOfTwo() {
        Pending reserve = pending.expect(PAY, "Reserve", true);
        pending.expect(PAY, "Capture", true);

        assertThat(pending.take(reply(PAY, null))).isEmpty();
        assertThat(pending.take(reply(PAY, "Reserve"))).contains(reserve);
    }

    @Test
    void aReplyThatNobodyWaitsForMeetsNone() {
        Pending pay = pending.expect(PAY, "Pay", true);

        assertThat(pending.take(reply(PAY, "Refund"))).isEmpty();
        pending.forget(pay);
        assertThat(pending.take(reply(PAY, "Pay"))).isEmpty();
    }

    @Test
    void whoExpectsTheSameReplyAgainWaitsForTheSame() {
        assertThat(pending.expect(PAY, "Pay", true)).isSameAs(pending.expect(PAY, "Pay", true));
    }

    @Test
    void abandonsActionsAndKeepsCallbacks() {
        Pending pay = pending.expect(PAY, "Pay", true);
        Pending refund = pending.expect(PAY_AGAIN, "Refund", false);

        pending.abandonActions(compensating()).forEach(Abandoned::fail);

        assertThatThrownBy(() -> pay.reply().join())
                .hasRootCauseMessage("Saga order-1 is COMPENSATING: step PAY no longer waits for Pay");
        assertThat(pending.take(reply(PAY, "Pay"))).isEmpty();
        assertThat(refund.reply()).isNotDone();
        assertThat(pending.take(reply(PAY_AGAIN, "Refund"))).contains(refund);
    }

    private static SagaReply reply(Step step, String command) {
        return new SagaReply(SAGA, step, command, SagaReply.Status.SUCCESS, null, null, null, null);
    }

    private static SagaState compensating() {
        Instant at = Instant.EPOCH;
        return SagaState.replay(
                SAGA,
                List.of(
                        new SagaLogEntry(SAGA, 0, at, new SagaEvent.Start("trip", null, null, null, Map.of())),
                        new SagaLogEntry(SAGA, 1, at, new SagaEvent.Fail(null, "full"))));
    }
}
