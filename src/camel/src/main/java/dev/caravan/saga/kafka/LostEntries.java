package dev.caravan.saga.kafka;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * Finds that a log ends before where it was read to: its topic was made anew, or the brokers have lost what counted as
 * written. Kafka's consumer would begin anew by itself, and sagas in flight would be forgotten. Used by one thread.
 */
final class LostEntries {

    static final String WHAT_TO_DO = "See src/docs/operations.md, section The saga log has lost entries";

    private final @Nullable String topic;
    private final Map<TopicPartition, Long> seen = new HashMap<>();

    LostEntries(@Nullable String topic) {
        this.topic = topic;
    }

    /**
     * @param positions up to which each partition was read, as far as it was
     * @return why nothing may be taken of what was polled; empty: all is well
     */
    Optional<String> in(
            Consumer<String, byte[]> consumer,
            ConsumerRecords<String, byte[]> polled,
            Map<TopicPartition, Long> positions) {
        for (TopicPartition part : consumer.assignment()) {
            if (part.topic().equals(topic)) {
                List<ConsumerRecord<String, byte[]>> records = polled.records(part);
                long position = consumer.position(part);
                long next = records.isEmpty() ? position : records.get(0).offset();
                long known = positions.getOrDefault(part, 0L);
                if (next < known) {
                    return Optional.of(reason(part, next, known));
                }
                seen.merge(part, position, Math::max);
            }
        }
        return Optional.empty();
    }

    /**
     * @param commits of those who had the partitions before
     * @return why none of them may be gone on with; empty: all is well
     */
    Optional<String> in(Map<TopicPartition, OffsetAndMetadata> commits, Map<TopicPartition, Long> ends) {
        return ends.entrySet().stream()
                .filter(end -> end.getKey().topic().equals(topic))
                .filter(end -> known(end.getKey(), commits.get(end.getKey())) > end.getValue())
                .map(end -> reason(end.getKey(), end.getValue(), known(end.getKey(), commits.get(end.getKey()))))
                .findFirst();
    }

    /** Of what somebody else read since, this instance knows by the commit. */
    private long known(TopicPartition part, @Nullable OffsetAndMetadata commit) {
        long committed = commit == null
                ? 0
                : Math.max(commit.offset(), CommitNote.of(commit).readTo());
        return Math.max(committed, seen.getOrDefault(part, 0L));
    }

    private static String reason(TopicPartition part, long now, long known) {
        return "topic %s ends at offset %d of partition %d, and was read to %d: entries of sagas in flight are lost. %s"
                .formatted(part.topic(), now, part.partition(), known, WHAT_TO_DO);
    }
}
