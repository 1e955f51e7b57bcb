package dev.caravan.benchmark;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.caravan.saga.SagaId;
import dev.caravan.saga.Step;
import dev.caravan.saga.message.MessageCodec;
import dev.caravan.saga.state.SagaEvent;
import dev.caravan.saga.state.SagaLogEntry;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What an order saga that completes writes into the log. */
final class FinishedSaga {

    private static final ObjectMapper JSON = new MessageCodec().json();

    private final String id;
    private final Instant at;
    private final List<SagaLogEntry> entries = new ArrayList<>();

    private FinishedSaga(String id, Instant at) {
        this.id = id;
        this.at = at;
    }

    /** Its entries, in order. */
    static List<SagaLogEntry> log(String id, Instant at) {
        return new FinishedSaga(id, at).log();
    }

    private List<SagaLogEntry> log() {
        JsonNode order = JSON.valueToTree(Order.of(id, false));
        add(new SagaEvent.Start("order-saga", null, id, order, Map.of(), "benchmark"));
        for (OrderStep step : OrderStep.values()) {
            Step joined = new Step(step.name(), 1);
            String compensation = "direct:" + step.compensation();
            add(new SagaEvent.Enlist(
                    joined, compensation, null, Map.of("orderId", id), null, null, null, null, null, "", null));
            JsonNode result = JSON.valueToTree(Map.of("orderId", id, "status", "DONE"));
            add(new SagaEvent.Success(joined, step.action(), result));
        }
        add(new SagaEvent.Complete());
        return List.copyOf(entries);
    }

    private void add(SagaEvent event) {
        entries.add(new SagaLogEntry(new SagaId(id), entries.size(), 0, at, event));
    }
}
