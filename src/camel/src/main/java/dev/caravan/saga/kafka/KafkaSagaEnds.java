package dev.caravan.saga.kafka;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.caravan.saga.engine.OwnedPartitions;
import dev.caravan.saga.message.MessageCodec;
import dev.caravan.saga.state.Awaiting;
import dev.caravan.saga.state.SagaState;
import dev.caravan.saga.state.StepState;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * Tells of the end of each saga on {@code saga-events}, at least once: {@code {type, sagaId, name, key, reason}} with
 * type SAGA_COMPLETED, SAGA_COMPENSATED or SAGA_FAILED; the last asks for a person, its {@code reason} is what could not
 * be undone or completed, and its {@code cause} why that was to be done. And of a step that waits whose deadline is
 * near: {@code {type: STEP_REMINDER, sagaId, name, key, step, awaits, since, deadline}}.
 */
public final class KafkaSagaEnds implements OwnedPartitions.Ends {

    private final KafkaClients clients;
    private final ObjectMapper json = new MessageCodec().json();

    /** Blocks until the topic is there. */
    public KafkaSagaEnds(KafkaClients clients, Topics topics) {
        this.clients = clients;
        topics.ensure(List.of(Topics.SAGA_EVENTS), Map.of());
    }

    @Override
    public CompletionStage<Void> tell(SagaState ended) {
        ObjectNode event = event("SAGA_" + ended.status().name(), ended).put("reason", ended.problem());
        if (ended.trouble() != null) {
            event.put("cause", ended.reason());
        }
        return send(ended, event);
    }

    @Override
    public CompletionStage<Void> remind(SagaState saga, StepState step) {
        Awaiting awaiting = Objects.requireNonNull(step.awaiting());
        return send(
                saga,
                event("STEP_REMINDER", saga)
                        .put("step", step.step().toString())
                        .put("awaits", awaiting.command())
                        .put("since", awaiting.since().toString())
                        .put("deadline", awaiting.deadline().toString()));
    }

    private ObjectNode event(String type, SagaState saga) {
        return json.createObjectNode()
                .put("type", type)
                .put("sagaId", saga.sagaId().value())
                .put("name", saga.name())
                .put("key", saga.started().key());
    }

    private CompletionStage<Void> send(SagaState saga, ObjectNode event) {
        try {
            return clients.send(
                    new ProducerRecord<>(Topics.SAGA_EVENTS, saga.sagaId().value(), json.writeValueAsBytes(event)));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("A tree of JSON nodes could not be written", e);
        }
    }
}
