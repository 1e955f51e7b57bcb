package dev.caravan.saga.kafka;

import dev.caravan.saga.message.MalformedMessageException;
import dev.caravan.saga.message.MessageCodec;
import dev.caravan.saga.message.SagaReply;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;

/**
 * Reads {@code saga-replies}, all partitions, from now on. A reply that came while this instance was down is not read:
 * the step that waited for it sends its command again and gets the recorded reply.
 */
public final class KafkaReplies implements AutoCloseable {

    private final MessageCodec codec = new MessageCodec();
    private final DeadLetters deadLetters;
    private final Consumer<SagaReply> receiver;
    private final RecordLoop loop;

    private KafkaReplies(
            KafkaConsumer<String, byte[]> consumer, DeadLetters deadLetters, Consumer<SagaReply> receiver) {
        this.deadLetters = deadLetters;
        this.receiver = receiver;
        this.loop = new RecordLoop("saga-replies", consumer, records -> records.forEach(this::accept), () -> {});
    }

    /**
     * Blocks until every reply that is sent from now on will be received.
     *
     * @param receiver must not block
     */
    public static KafkaReplies start(KafkaClients clients, Topics topics, Consumer<SagaReply> receiver) {
        topics.ensure(List.of(Topics.SAGA_REPLIES, Topics.deadLettersOf(Topics.SAGA_REPLIES)), Map.of());
        KafkaConsumer<String, byte[]> consumer = clients.consumer(Map.of());
        List<TopicPartition> partitions = IntStream.range(0, topics.partitionsOf(Topics.SAGA_REPLIES))
                .mapToObj(partition -> new TopicPartition(Topics.SAGA_REPLIES, partition))
                .toList();
        consumer.assign(partitions);
        consumer.seekToEnd(partitions);
        partitions.forEach(consumer::position);
        KafkaReplies replies = new KafkaReplies(consumer, new DeadLetters(clients), receiver);
        replies.loop.start();
        return replies;
    }

    private void accept(ConsumerRecord<String, byte[]> message) {
        try {
            receiver.accept(codec.decodeReply(message.value()));
        } catch (MalformedMessageException e) {
            deadLetters.keep(message, e.getMessage());
        }
    }

    @Override
    public void close() {
        loop.close();
    }
}
