package dev.caravan.saga.kafka;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.caravan.saga.engine.OwnedPartitions;
import dev.caravan.saga.message.MessageCodec;
import dev.caravan.saga.state.SagaState;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * Tells of the end of each saga on {@code saga-events}, at least once: {@code {type, sagaId, name, key, reason}} with
 * type SAGA_COMPLETED, SAGA_COMPENSATED or SAGA_FAILED; the last asks for a person, its {@code reason} is what could not
 * be undone or completed, and its {@code cause} why that was to be done.
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
        ObjectNode event = json.createObjectNode()
                .put("type", "SAGA_" + ended.status().name())
                .put("sagaId", ended.sagaId().value())
                .put("name", ended.name())
                .put("key", ended.start().key())
                .put("reason", ended.problem());
        if (ended.trouble() != null) {
            event.put("cause", ended.reason());
        }
        try {
            return clients.send(
                    new ProducerRecord<>(Topics.SAGA_EVENTS, ended.sagaId().value(), json.writeValueAsBytes(event)));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("A tree of JSON nodes could not be written", e);
        }
    }
}
