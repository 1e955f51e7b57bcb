package dev.caravan.shop;

import dev.caravan.saga.SagaId;
import dev.caravan.saga.Step;
import dev.caravan.saga.kafka.KafkaClients;
import dev.caravan.saga.kafka.KafkaSagaLog;
import dev.caravan.saga.kafka.Topics;
import dev.caravan.saga.state.SagaEvent;
import dev.caravan.saga.state.SagaLogEntry;
import dev.caravan.testing.HangLimit;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/** Writes order sagas that have completed into a saga log, as an earlier run of the shop would have left them. */
final class FinishedSagas {

    private static final List<String> STEPS =
            List.of("CREATE_ORDER", "PROCESS_PAYMENT", "RESERVE_INVENTORY", "PREPARE_SHIPPING");

    private FinishedSagas() {}

    static void write(String brokers, int count) {
        try (KafkaClients clients = KafkaClients.of(brokers)) {
            KafkaSagaLog log = KafkaSagaLog.open(
                    clients, new Topics(clients, 4, HangLimit.TIME), Topics.SAGA_LOGS, Duration.ofDays(30));
            Instant begin = Instant.now().minus(Duration.ofHours(1));
            List<CompletableFuture<Void>> appended = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                SagaId sagaId = new SagaId("0_ffff7f000001_9c5f_6b02d76a_" + i);
                long sequence = 0;
                for (SagaEvent event : events(i)) {
                    SagaLogEntry entry = new SagaLogEntry(sagaId, sequence++, begin.plusMillis(i), event);
                    appended.add(log.append(entry).toCompletableFuture());
                }
            }
            CompletableFuture.allOf(appended.toArray(CompletableFuture[]::new)).join();
        }
    }

    private static List<SagaEvent> events(int number) {
        List<SagaEvent> events = new ArrayList<>();
        events.add(new SagaEvent.Start("order-saga", null, "earlier-" + number, null, Map.of(), "shop"));
        for (String name : STEPS) {
            Step step = new Step(name, 1);
            events.add(new SagaEvent.Enlist(step, null, null, Map.of()));
            events.add(new SagaEvent.Success(step, "Done", null));
        }
        events.add(new SagaEvent.Close());
        events.add(new SagaEvent.Complete());
        return events;
    }
}
