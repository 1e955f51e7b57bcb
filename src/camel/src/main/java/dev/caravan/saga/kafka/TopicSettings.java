package dev.caravan.saga.kafka;

/**
 * What topics are like that have to be created. Existing ones stay as they are; what is weaker than this is told.
 *
 * @param partitions of each
 * @param replicationFactor 0: three, or as many as there are brokers, or the broker's default if that is more
 * @param minInsyncReplicas replicas that must have a record before it counts as written; 0: two of three or more, the
 *     broker's default if that is more or there are fewer
 */
public record TopicSettings(int partitions, int replicationFactor, int minInsyncReplicas) {

    public TopicSettings {
        atLeast(1, "caravan.partitions", partitions);
        atLeast(0, "caravan.replication-factor", replicationFactor);
        atLeast(0, "caravan.min-insync-replicas", minInsyncReplicas);
        if (replicationFactor > 0 && minInsyncReplicas > replicationFactor) {
            throw new IllegalArgumentException(
                    "caravan.min-insync-replicas=%d cannot be more than caravan.replication-factor=%d: nothing could be written"
                            .formatted(minInsyncReplicas, replicationFactor));
        }
    }

    private static void atLeast(int least, String name, int value) {
        if (value < least || value > Short.MAX_VALUE) {
            throw new IllegalArgumentException("%s cannot be %d: it is %d or more".formatted(name, value, least));
        }
    }

    /** These partitions; the rest is chosen. */
    public static TopicSettings of(int partitions) {
        return new TopicSettings(partitions, 0, 0);
    }
}
