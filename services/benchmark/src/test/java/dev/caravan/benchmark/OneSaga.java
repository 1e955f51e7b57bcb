package dev.caravan.benchmark;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.caravan.saga.SagaId;
import dev.caravan.saga.Step;
import dev.caravan.saga.log.SagaEvent;
import dev.caravan.saga.log.SagaLogEntry;
import dev.caravan.saga.message.MessageCodec;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What an order saga that completes writes into the log. */
final class OneSaga {

    private static final String ID = "7b0c3c52-53a0-4a54-9a3c-0d2f9d6f1c11";
    private static final Instant AT = Instant.parse("2026-01-01T00:00:00.123Z");

    private final ObjectMapper json = new MessageCodec().json();
    private final List<SagaLogEntry> entries = new ArrayList<>();

    List<SagaLogEntry> log() {
        JsonNode order = json.valueToTree(Order.of(ID, false));
        add(new SagaEvent.Start("order-saga", null, ID, order, Map.of(), "shop", null));
        for (OrderStep step : OrderStep.values()) {
            Step joined = new Step(step.name(), 1);
            String compensation = "direct:" + step.compensation();
            add(new SagaEvent.Enlist(joined, compensation, null, Map.of("orderId", ID), null, null, null, null));
            JsonNode result = json.valueToTree(Map.of("orderId", ID, "status", "DONE"));
            add(new SagaEvent.Success(joined, step.action(), result));
        }
        add(new SagaEvent.Complete());
        return List.copyOf(entries);
    }

    private void add(SagaEvent event) {
        entries.add(new SagaLogEntry(new SagaId(ID), entries.size(), 0, AT, event));
    }
}
