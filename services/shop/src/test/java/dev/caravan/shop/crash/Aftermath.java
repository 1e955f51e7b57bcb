package dev.caravan.shop.crash;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.caravan.saga.SagaId;
import dev.caravan.saga.log.SagaEvent;
import dev.caravan.saga.log.SagaLogEntry;
import dev.caravan.saga.machine.SagaState;
import dev.caravan.shop.SagaTopic;
import dev.caravan.shop.crash.Customers.Accepted;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What the saga log says when all is over. */
final class Aftermath {

    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private final Map<SagaId, List<SagaLogEntry>> log;

    private Aftermath(Map<SagaId, List<SagaLogEntry>> log) {
        this.log = log;
    }

    /** Waits until every saga that ever started has ended. */
    static Aftermath in(String brokers) {
        await().atMost(PATIENCE).pollInterval(Duration.ofMillis(500)).untilAsserted(() -> assertThat(
                        new Aftermath(SagaTopic.entries(brokers)).unfinished())
                .as("sagas that have not ended")
                .isEmpty());
        return new Aftermath(SagaTopic.entries(brokers));
    }

    private Map<SagaId, List<SagaLogEntry>> unfinished() {
        Map<SagaId, List<SagaLogEntry>> unfinished = new LinkedHashMap<>(log);
        unfinished.keySet().removeIf(sagaId -> state(sagaId).status().isTerminal());
        return unfinished;
    }

    private SagaState state(SagaId sagaId) {
        return SagaState.replay(sagaId, log.getOrDefault(sagaId, List.of()));
    }

    /** Every order that was taken ended as its data say, and no other way. */
    Aftermath allEndAsTheirDataSay(List<Accepted> accepted) {
        assertThat(accepted).extracting(Accepted::sagaId).doesNotHaveDuplicates();
        assertThat(accepted).allSatisfy(order -> assertThat(
                        state(new SagaId(order.sagaId())).status())
                .as("log of %s: %s", order, log.get(new SagaId(order.sagaId())))
                .hasToString(order.expectedEnd()));
        return this;
    }

    /** What was undone was undone once, the last step first. */
    Aftermath compensationsRanInReverseOrder() {
        log.forEach((sagaId, entries) -> {
            List<String> enlisted = new ArrayList<>();
            List<String> undone = new ArrayList<>();
            for (SagaLogEntry entry : entries) {
                if (entry.event() instanceof SagaEvent.Enlist enlist) {
                    enlisted.add(enlist.step().toString());
                } else if (entry.event() instanceof SagaEvent.CompensateSuccess success) {
                    undone.add(success.step().toString());
                }
            }
            List<String> expected = new ArrayList<>(enlisted);
            expected.retainAll(undone);
            Collections.reverse(expected);
            assertThat(undone).as("compensations of %s: %s", sagaId, entries).isEqualTo(expected);
        });
        return this;
    }

    /** Whether a process was killed in their middle: how many sagas another one went on with. */
    long takenOver() {
        return log.values().stream()
                .filter(entries -> entries.stream().anyMatch(entry -> entry.event() instanceof SagaEvent.Resume))
                .count();
    }
}
