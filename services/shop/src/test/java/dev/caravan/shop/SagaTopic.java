package dev.caravan.shop;

import dev.caravan.saga.SagaId;
import dev.caravan.saga.state.SagaLogCodec;
import dev.caravan.saga.state.SagaLogEntry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;

/** Reads whole topics as they are now. */
public final class SagaTopic {

    private SagaTopic() {}

    /** The saga log, saga by saga, without what stands beside the sagas' own entries. */
    public static Map<SagaId, List<SagaLogEntry>> entries(String brokers) {
        SagaLogCodec codec = new SagaLogCodec();
        Map<SagaId, List<SagaLogEntry>> entries = new LinkedHashMap<>();
        for (ConsumerRecord<String, byte[]> message : read(brokers, "saga-logs")) {
            SagaLogEntry entry = codec.decode(message.value());
            if (!entry.event().standsBeside()) {
                entries.computeIfAbsent(entry.sagaId(), id -> new ArrayList<>()).add(entry);
            }
        }
        return entries;
    }

    public static List<ConsumerRecord<String, byte[]>> read(String brokers, String topic) {
        Map<String, Object> settings = Map.of(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, brokers);
        List<ConsumerRecord<String, byte[]>> records = new ArrayList<>();
        try (KafkaConsumer<String, byte[]> consumer =
                new KafkaConsumer<>(settings, new StringDeserializer(), new ByteArrayDeserializer())) {
            List<TopicPartition> partitions = consumer.partitionsFor(topic).stream()
                    .map(part -> new TopicPartition(topic, part.partition()))
                    .toList();
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            while (ends.entrySet().stream().anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
                consumer.poll(Duration.ofMillis(100)).forEach(records::add);
            }
        }
        return records;
    }

    public static Set<String> names(String brokers) {
        Map<String, Object> settings = Map.of(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, brokers);
        try (KafkaConsumer<String, byte[]> consumer =
                new KafkaConsumer<>(settings, new StringDeserializer(), new ByteArrayDeserializer())) {
            return consumer.listTopics().keySet();
        }
    }
}
