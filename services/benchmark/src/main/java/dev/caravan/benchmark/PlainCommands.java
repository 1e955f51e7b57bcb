package dev.caravan.benchmark;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.caravan.saga.kafka.KafkaClients;
import dev.caravan.saga.kafka.RecordLoop;
import dev.caravan.saga.kafka.Topics;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * Commands and replies over Kafka for Camel's own saga services, which have none: one producer, a consumer for each
 * participant, one for the replies; JSON, and nothing that would survive a crash. The participants count.
 */
final class PlainCommands implements AutoCloseable {

    private static final int PARTITIONS = 4;

    /** Topics of its own: a broker that runs may have Caravan's, too. */
    private static final String REPLIES = "plain-replies";

    private final KafkaClients clients;
    private final Effects effects;
    private final ObjectMapper json = new ObjectMapper();
    private final Map<String, CompletableFuture<JsonNode>> waiting = new ConcurrentHashMap<>();
    private final Set<String> refused = ConcurrentHashMap.newKeySet();
    private final List<RecordLoop> loops = new ArrayList<>();

    /** The participant says no. */
    static final class RefusedException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        RefusedException(String id) {
            super("Refused: " + id);
        }
    }

    PlainCommands(Broker broker, Effects effects) {
        this.clients = KafkaClients.of(broker.servers());
        this.effects = effects;
        Topics topics = new Topics(clients, PARTITIONS, Duration.ofSeconds(20));
        topics.ensure(
                Arrays.stream(OrderStep.values()).map(PlainCommands::topic).toList(), Map.of());
        topics.ensure(List.of(REPLIES), Map.of());
        for (OrderStep step : OrderStep.values()) {
            read(step.service(), topic(step), message -> answer(step, message));
        }
        read("orchestrator", REPLIES, this::replied);
    }

    private static String topic(OrderStep step) {
        return "plain-" + step.service();
    }

    private void read(String name, String topic, Consumer<ConsumerRecord<String, byte[]>> reader) {
        loops.add(Tail.read(clients, name, List.of(topic), PARTITIONS, reader));
    }

    /** @return what the participant answers; fails with {@link RefusedException} when it says no */
    CompletableFuture<JsonNode> ask(OrderStep step, boolean undo, String id, Object data) {
        String command = undo ? step.compensation() : step.action();
        CompletableFuture<JsonNode> reply = new CompletableFuture<>();
        waiting.put(id + command, reply);
        Map<String, Object> message = Map.of("id", id, "command", command, "undo", undo, "data", data);
        send(topic(step), id, message).exceptionally(failure -> {
            reply.completeExceptionally(failure);
            return null;
        });
        return reply;
    }

    private void answer(OrderStep step, ConsumerRecord<String, byte[]> message) {
        JsonNode command = read(message);
        String id = message.key();
        boolean undo = command.path("undo").booleanValue();
        boolean refuses = !undo && step.isLast() && Order.isRejected(command.path("data"));
        if (refuses) {
            refused.add(id);
        } else if (!undo) {
            effects.did(step, id);
        } else if (!step.isLast() || !refused.remove(id)) {
            effects.undid(step, id);
        }
        send(
                REPLIES,
                id,
                Map.of(
                        "id",
                        id,
                        "command",
                        command.path("command"),
                        "status",
                        refuses ? "FAILED" : "SUCCESS",
                        "result",
                        Map.of("orderId", id, "status", "DONE")));
    }

    private void replied(ConsumerRecord<String, byte[]> message) {
        JsonNode reply = read(message);
        CompletableFuture<JsonNode> asked =
                waiting.remove(message.key() + reply.path("command").textValue());
        if ("SUCCESS".equals(reply.path("status").textValue())) {
            asked.complete(reply.path("result"));
        } else {
            asked.completeExceptionally(new RefusedException(message.key()));
        }
    }

    private CompletableFuture<Void> send(String topic, String key, Map<String, Object> message) {
        try {
            return clients.send(new ProducerRecord<>(topic, key, json.writeValueAsBytes(message)));
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }

    private JsonNode read(ConsumerRecord<String, byte[]> message) {
        try {
            return json.readTree(message.value());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        loops.forEach(RecordLoop::close);
        clients.close();
    }
}
