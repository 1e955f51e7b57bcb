package dev.caravan.saga.participant;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.IntNode;
import dev.caravan.saga.SagaId;
import dev.caravan.saga.Step;
import dev.caravan.saga.message.Phase;
import dev.caravan.saga.message.SagaCommand;
import dev.caravan.saga.message.SagaReply;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class PassThroughInboxTest {

    private final Inbox inbox = new PassThroughInbox();

    @ParameterizedTest
    @EnumSource
    void runsEachCommandEachTime(Phase phase) throws Exception {
        AtomicInteger runs = new AtomicInteger();
        StepAction action = () -> IntNode.valueOf(runs.incrementAndGet());

        inbox.handle(command(phase), Inbox.Effect.LOCAL, action);
        SagaReply second = inbox.handle(command(phase), Inbox.Effect.LOCAL, action);

        assertThat(second).isEqualTo(SagaReply.success(command(phase), IntNode.valueOf(2)));
    }

    @Test
    void answersARejectionWithItsCodeAndTellsOfIt() throws Exception {
        List<ParticipantEvent> events = new ArrayList<>();
        inbox.setListener(events::add);
        SagaReply reply = inbox.handle(command(Phase.ACTION), Inbox.Effect.EXTERNAL, () -> {
            throw new Exception("outer", new StepRejectedException("CARD_DECLINED", "Declined"));
        });

        assertThat(reply).isEqualTo(SagaReply.rejected(command(Phase.ACTION), "CARD_DECLINED", "Declined"));
        assertThat(events).containsExactly(ParticipantEvent.of(ParticipantEvent.Kind.REJECTED, command(Phase.ACTION)));
    }

    @Test
    void passesTechnicalTroubleOn() {
        IOException trouble = new IOException("connection reset");

        assertThatThrownBy(() -> inbox.handle(command(Phase.ACTION), Inbox.Effect.EXTERNAL, () -> {
                    throw trouble;
                }))
                .isSameAs(trouble);
    }

    @Test
    void endsTheSearchForARejectionInALoopOfCauses() {
        IllegalStateException one = new IllegalStateException("one");
        IllegalStateException two = new IllegalStateException("two", one);
        one.initCause(two);

        assertThat(StepRejectedException.in(two)).isEmpty();
    }

    private static SagaCommand command(Phase phase) {
        return new SagaCommand(
                new SagaId("saga-1"), new Step("PROCESS_PAYMENT", 1), "payment-service", "ProcessPayment", null, phase);
    }
}
