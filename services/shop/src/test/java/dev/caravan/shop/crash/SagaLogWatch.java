package dev.caravan.shop.crash;

import dev.caravan.saga.state.SagaLogCodec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;

/** Follows the saga log from outside, so that something can be done at the moment when the log has come to a point. */
final class SagaLogWatch implements AutoCloseable {

    private static final Duration POLL = Duration.ofMillis(20);

    private final String brokers;
    private final SagaLogCodec codec = new SagaLogCodec();
    private final List<Moment> moments = new ArrayList<>();
    private final Thread thread = new Thread(this::follow, "saga-log-watch");
    private volatile boolean closed;

    private static final class Moment {
        private final String type;
        private final CompletableFuture<Void> reached = new CompletableFuture<>();
        private int left;

        private Moment(String type, int count) {
            this.type = type;
            this.left = count;
        }
    }

    /** The topic exists; what is in it already does not count. */
    SagaLogWatch(String brokers) {
        this.brokers = brokers;
        thread.setDaemon(true);
        thread.start();
    }

    /** Completes, on the thread that reads, when so many events of the type have come from now on. */
    synchronized CompletableFuture<Void> next(String type, int count) {
        Moment moment = new Moment(type, count);
        moments.add(moment);
        return moment.reached;
    }

    private void follow() {
        Map<String, Object> settings = Map.of(
                ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, brokers,
                ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, 10,
                ConsumerConfig.RECONNECT_BACKOFF_MAX_MS_CONFIG, 100);
        try (KafkaConsumer<String, byte[]> consumer =
                new KafkaConsumer<>(settings, new StringDeserializer(), new ByteArrayDeserializer())) {
            List<TopicPartition> partitions = consumer.partitionsFor("saga-logs").stream()
                    .map(part -> new TopicPartition(part.topic(), part.partition()))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToEnd(partitions);
            partitions.forEach(consumer::position);
            while (!closed) {
                consumer.poll(POLL).forEach(this::accept);
            }
        }
    }

    private void accept(ConsumerRecord<String, byte[]> message) {
        String type = codec.decode(message.value()).event().type();
        List<Moment> reached = new ArrayList<>();
        synchronized (this) {
            Iterator<Moment> waiting = moments.iterator();
            while (waiting.hasNext()) {
                Moment moment = waiting.next();
                if (moment.type.equals(type) && --moment.left == 0) {
                    reached.add(moment);
                    waiting.remove();
                }
            }
        }
        reached.forEach(moment -> moment.reached.complete(null));
    }

    @Override
    public void close() {
        closed = true;
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
