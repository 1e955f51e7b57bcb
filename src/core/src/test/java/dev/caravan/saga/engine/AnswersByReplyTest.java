package dev.caravan.saga.engine;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.TextNode;
import dev.caravan.saga.SagaId;
import dev.caravan.saga.Step;
import dev.caravan.saga.engine.AwaitedSteps.Wait;
import dev.caravan.saga.message.SagaReply;
import dev.caravan.saga.state.InMemorySagaLog;
import dev.caravan.saga.state.SagaEvent;
import dev.caravan.saga.state.SagaLogEntry;
import dev.caravan.saga.test.ManualTimers;
import dev.caravan.saga.test.TestEngine;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** An answer to a step of whom nobody was asked comes once: it is not read for good before the log has it. */
class AnswersByReplyTest {

    private static final SagaId ID = new SagaId("trip-1");
    private static final Step APPROVAL = new Step("APPROVAL", 1);

    private final InMemorySagaLog log = new InMemorySagaLog();
    private final SagaEngine engine = TestEngine.on(log, new ManualTimers())
            .partitions(OwnedPartitions.Ends.UNTOLD)
            .build();
    private final SagaHost host = engine.host();
    private int position;

    private void readBack() {
        List<SagaLogEntry> all = new ArrayList<>();
        log.replay(0, all::add);
        while (position < all.size()) {
            engine.partitions().read(0, position, all.get(position++));
        }
    }

    @Test
    void isUnwrittenUntilTheLogSaysSo() {
        engine.partitions().gained(0, 0, 0);
        LiveSaga saga = host.start(ID, new SagaEvent.Start("trip", null, null, null, Map.of(), "orders"))
                .join();
        var enlisted = saga.enlist("APPROVAL", null, null, Map.of());
        readBack();
        assertThat(enlisted).isDone();
        host.awaited()
                .begin(
                        saga,
                        new Wait(APPROVAL, "approval", null, Duration.ofDays(2), Optional.empty()),
                        saga.expect(APPROVAL, null, "approval", true));
        readBack();
        assertThat(host.replies().hasUnwritten()).isFalse();

        host.deliver(new SagaReply(
                ID, APPROVAL, "approval", SagaReply.Status.SUCCESS, TextNode.valueOf("yes"), null, null, null));
        assertThat(host.replies().hasUnwritten()).isTrue();

        readBack();
        assertThat(host.replies().hasUnwritten()).isFalse();
        assertThat(saga.state().step(APPROVAL).orElseThrow().isAnswered("approval"))
                .isTrue();
    }
}
