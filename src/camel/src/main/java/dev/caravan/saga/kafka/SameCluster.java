package dev.caravan.saga.kafka;

import java.util.Optional;
import org.apache.kafka.common.ClusterResource;
import org.apache.kafka.common.ClusterResourceListener;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.jspecify.annotations.Nullable;

/**
 * Reads keys, and notices when the brokers are those of another cluster than at first: what was read of the one counts for
 * nothing in the other. Shared by all consumers of a process; thread-safe.
 */
final class SameCluster extends StringDeserializer implements ClusterResourceListener {

    private @Nullable String first;
    private volatile @Nullable String another;

    @Override
    public synchronized void onUpdate(ClusterResource cluster) {
        String id = cluster.clusterId();
        if (first == null) {
            first = id;
        } else if (id != null) {
            another = id.equals(first) ? null : id;
        }
    }

    /** Why nothing may go on that was begun before; empty while it is the same. */
    Optional<String> replaced() {
        return Optional.ofNullable(another)
                .map(id ->
                        ("Kafka is cluster %s now, and was %s when this instance started: sagas in flight are in the log of that"
                                        + " one. %s")
                                .formatted(id, first, LostEntries.WHAT_TO_DO));
    }
}
