package dev.caravan.saga.kafka;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * Reads the records of one partition that are at certain offsets, with a fetch for each place where some of them are. Used
 * by one thread.
 */
final class RecordsAt {

    /** What comes with a record for which one was asked is mostly of no use. */
    static final Map<String, Object> SMALL_FETCHES = Map.of(
            ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, "5",
            ConsumerConfig.FETCH_MAX_BYTES_CONFIG, "65536",
            ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG, "65536");

    private static final Duration POLL = Duration.ofMillis(200);

    private final Consumer<String, byte[]> consumer;
    private final TopicPartition part;
    private final Queue<ConsumerRecord<String, byte[]>> polled = new ArrayDeque<>();
    private final @Nullable long beginning;
    private final @Nullable long end;
    private long next = -1;

    RecordsAt(Consumer<String, byte[]> consumer, TopicPartition part) {
        this.consumer = consumer;
        this.part = part;
        consumer.assign(List.of(part));
        beginning =
                Objects.requireNonNull(consumer.beginningOffsets(List.of(part)).get(part));
        end = Objects.requireNonNull(consumer.endOffsets(List.of(part)).get(part));
    }

    /**
     * Hands over those that are there, and all from {@code more} on.
     *
     * @param offsets in their order
     */
    void read(long[] offsets, long more, java.util.function.Consumer<ConsumerRecord<String, byte[]>> reader) {
        for (long offset : offsets) {
            boolean mayBeThere = offset >= beginning && offset < end && offset < more;
            if (mayBeThere && advance(offset) && polled.peek().offset() == offset) {
                reader.accept(polled.remove());
            }
        }
        long offset = Math.max(beginning, more);
        while (offset < end && advance(offset)) {
            offset = polled.peek().offset() + 1;
            reader.accept(polled.remove());
        }
    }

    /** @return whether there is one at the offset or behind it, up to the end; the first of them is at hand then */
    private boolean advance(long offset) {
        while (!polled.isEmpty() && polled.peek().offset() < offset) {
            polled.remove();
        }
        if (polled.isEmpty() && next != offset) {
            consumer.seek(part, offset);
            next = offset;
        }
        while (polled.isEmpty() && next < end) {
            consumer.poll(POLL).forEach(polled::add);
            next = consumer.position(part);
        }
        return !polled.isEmpty();
    }
}
