package dev.caravan.benchmark;

import dev.caravan.saga.kafka.KafkaClients;
import dev.caravan.saga.kafka.RecordLoop;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;

/** Reads all partitions of some topics from their present ends on: what an earlier row has left there is not its own. */
final class Tail {

    private Tail() {}

    static RecordLoop read(
            KafkaClients clients,
            String name,
            List<String> topics,
            int partitions,
            Consumer<ConsumerRecord<String, byte[]>> reader) {
        KafkaConsumer<String, byte[]> consumer = clients.consumer(Map.of());
        consumer.assign(topics.stream()
                .flatMap(topic ->
                        IntStream.range(0, partitions).mapToObj(partition -> new TopicPartition(topic, partition)))
                .toList());
        consumer.endOffsets(consumer.assignment()).forEach(consumer::seek);
        return new RecordLoop(name, consumer, records -> records.forEach(reader), () -> {}).start();
    }
}
