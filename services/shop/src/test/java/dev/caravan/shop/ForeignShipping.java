package dev.caravan.shop;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/**
 * A shipping service that somebody else has written: it has a Kafka client and knows the JSON of the commands and
 * replies, and nothing else.
 */
final class ForeignShipping implements AutoCloseable {

    private static final ObjectMapper JSON = new ObjectMapper();

    private final Function<JsonNode, List<String>> answers;
    private final List<JsonNode> commands = new CopyOnWriteArrayList<>();
    private final KafkaConsumer<String, String> consumer;
    private final KafkaProducer<String, String> producer;
    private final Thread thread = new Thread(this::run, "foreign-shipping");

    /** @param answers the values to be sent for a command, in that order */
    ForeignShipping(String brokers, Function<JsonNode, List<String>> answers) {
        this.answers = answers;
        this.consumer = new KafkaConsumer<>(
                Map.of(
                        "bootstrap.servers", brokers,
                        "group.id", "a-shipping-service-of-somebody-else",
                        "auto.offset.reset", "earliest",
                        "enable.auto.commit", "false"),
                new StringDeserializer(),
                new StringDeserializer());
        this.producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", brokers), new StringSerializer(), new StringSerializer());
        consumer.subscribe(List.of("shipping-service-commands", "compensation-commands"));
        thread.start();
    }

    private void run() {
        try (consumer) {
            while (true) {
                consumer.poll(Duration.ofMillis(500)).forEach(message -> work(message.value()));
                consumer.commitSync();
            }
        } catch (WakeupException e) {
            producer.close(); // somebody has closed this
        }
    }

    private void work(String value) {
        JsonNode command = read(value);
        if (command.get("service").asText().equals("shipping-service")) {
            commands.add(command);
            String key = command.get("sagaId").asText();
            answers.apply(command).forEach(answer -> producer.send(new ProducerRecord<>("saga-replies", key, answer)));
        }
    }

    /** Says something that nobody asked for at this moment. */
    void say(String sagaId, String answer) {
        producer.send(new ProducerRecord<>("saga-replies", sagaId, answer));
    }

    /** What it was asked to do for a saga. */
    List<JsonNode> commands(String sagaId) {
        return commands.stream()
                .filter(command -> command.get("sagaId").asText().equals(sagaId))
                .toList();
    }

    static JsonNode read(String value) {
        try {
            return JSON.readTree(value.getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        consumer.wakeup();
    }
}
