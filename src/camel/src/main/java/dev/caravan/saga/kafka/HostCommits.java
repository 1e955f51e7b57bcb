package dev.caravan.saga.kafka;

import dev.caravan.saga.Printable;
import dev.caravan.saga.engine.OwnedPartitions;
import dev.caravan.saga.engine.SagaHost;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What an owner of partitions commits for the next one: in the log, where the oldest saga in flight begins; in the
 * replies, what was read, unless an answer to a step that waits is not in the log yet. Only what has changed is
 * committed. Used by the loop's thread.
 */
final class HostCommits {

    private static final Logger LOGGER = LoggerFactory.getLogger(HostCommits.class);

    private final SagaHost host;
    private final OwnedPartitions partitions;
    private final int logPartitions;
    private final Map<TopicPartition, Long> positions;
    private final Map<TopicPartition, OffsetAndMetadata> committed = new HashMap<>();

    /** @param positions up to which each partition is read, as they change */
    HostCommits(SagaHost host, OwnedPartitions partitions, int logPartitions, Map<TopicPartition, Long> positions) {
        this.host = host;
        this.partitions = partitions;
        this.logPartitions = logPartitions;
        this.positions = positions;
    }

    /** Does not wait for it. One that fails is made up for by the next. */
    void sendTo(Consumer<String, byte[]> consumer) {
        Map<TopicPartition, OffsetAndMetadata> offsets = changed();
        if (!offsets.isEmpty()) {
            consumer.commitAsync(offsets, (done, failure) -> {
                if (failure != null) {
                    LOGGER.debug("Will commit again: {}", Printable.of(failure));
                    done.keySet().forEach(committed::remove);
                }
            });
        }
    }

    /** Returns when it is done. */
    void makeWith(Consumer<String, byte[]> consumer) {
        Map<TopicPartition, OffsetAndMetadata> offsets = changed();
        if (!offsets.isEmpty()) {
            consumer.commitSync(offsets);
        }
    }

    void forget(Set<TopicPartition> lost) {
        committed.keySet().removeAll(lost);
    }

    private Map<TopicPartition, OffsetAndMetadata> changed() {
        Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
        positions.forEach((part, position) -> {
            // an answer to a step that waits does not come again: it is in the log before it counts as read
            long offset = part.topic().equals(Topics.SAGA_REPLIES)
                    ? host.replies().hasUnwritten() ? -1 : position
                    : partitions.position(part.partition()).orElse(-1);
            if (offset >= 0) {
                OffsetAndMetadata next = new CommitNote(position, logPartitions).at(offset);
                if (!next.equals(committed.put(part, next))) {
                    offsets.put(part, next);
                }
            }
        });
        return offsets;
    }
}
