package dev.caravan.embeddedkafka;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

/**
 * Where the broker keeps its data and where it listens.
 *
 * @param directory of topics, records and group offsets; created if missing, owned by one broker at a time
 * @param port on 127.0.0.1, or 0 for a free one
 * @param brokerProperties Kafka broker settings that win over the defaults of this module, for instance
 *     {@code auto.create.topics.enable=true}
 */
public record EmbeddedKafkaOptions(Path directory, int port, Map<String, String> brokerProperties) {

    /** The cluster that a broker joins, beside its {@code node.id}; without, it is one of its own. */
    public static final String CLUSTER_ID = "cluster.id";

    public EmbeddedKafkaOptions {
        Objects.requireNonNull(directory, "directory");
        if (port < 0 || port > 65535) {
            throw new IllegalArgumentException("The Kafka port must be 0 (any free port) to 65535, not " + port);
        }
        brokerProperties = Map.copyOf(brokerProperties);
    }

    /** A broker on a free port. */
    public static EmbeddedKafkaOptions in(Path directory) {
        return new EmbeddedKafkaOptions(directory, 0, Map.of());
    }

    public EmbeddedKafkaOptions withPort(int port) {
        return new EmbeddedKafkaOptions(directory, port, brokerProperties);
    }

    /** Adds one Kafka broker setting. */
    public EmbeddedKafkaOptions with(String brokerProperty, String value) {
        Map<String, String> properties = new LinkedHashMap<>(brokerProperties);
        properties.put(brokerProperty, value);
        return new EmbeddedKafkaOptions(directory, port, properties);
    }
}
