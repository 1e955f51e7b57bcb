package dev.caravan.saga.kafka;

import dev.caravan.saga.Printable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds topics that lose what they have when a broker is lost, or that a single broker's absence stops: they work, and
 * nobody notices before. One broker on this machine is for trying things out, and nothing is said of it.
 */
final class TopicCheck {

    private static final Logger LOGGER = LoggerFactory.getLogger(TopicCheck.class);
    private static final int ENOUGH = 3;

    private final TopicSettings settings;
    private final Duration timeout;

    TopicCheck(TopicSettings settings, Duration timeout) {
        this.settings = settings;
        this.timeout = timeout;
    }

    /** @return sentences that name the topics */
    List<String> weaknesses(Admin admin, Collection<TopicDescription> topics)
            throws ExecutionException, InterruptedException, TimeoutException {
        Collection<Node> brokers = admin.describeCluster().nodes().get(timeout.toMillis(), TimeUnit.MILLISECONDS);
        if (brokers.size() == 1 && brokers.stream().allMatch(TopicCheck::isHere)) {
            return List.of();
        }
        Map<String, List<String>> weak = new TreeMap<>();
        Map<String, Map<String, String>> configs = configs(admin, topics);
        for (TopicDescription topic : topics) {
            weaknesses(topic, configs.getOrDefault(topic.name(), Map.of()))
                    .forEach(weakness -> weak.computeIfAbsent(weakness, first -> new ArrayList<>())
                            .add(topic.name()));
        }
        return weak.entrySet().stream()
                .map(same -> "Topics %s %s"
                        .formatted(same.getValue().stream().sorted().toList(), same.getKey()))
                .toList();
    }

    private static boolean isHere(Node broker) {
        return List.of("localhost", "::1", "[::1]").contains(broker.host())
                || broker.host().startsWith("127.");
    }

    private List<String> weaknesses(TopicDescription topic, Map<String, String> configs) {
        List<String> found = new ArrayList<>();
        int replicas = topic.partitions().stream()
                .mapToInt(partition -> partition.replicas().size())
                .min()
                .orElse(0);
        int wanted = settings.replicationFactor() > 0 ? settings.replicationFactor() : 2;
        if (replicas < wanted) {
            found.add(
                    replicas == 1
                            ? "have one replica: with its broker, sagas in flight are lost"
                            : "have %d replicas, fewer than caravan.replication-factor=%d".formatted(replicas, wanted));
        }
        String inSync = configs.get(TopicConfig.MIN_IN_SYNC_REPLICAS_CONFIG);
        if (inSync != null && replicas > 1) {
            int least = Integer.parseInt(inSync);
            int atLeast = settings.minInsyncReplicas() > 0 ? settings.minInsyncReplicas() : replicas >= ENOUGH ? 2 : 1;
            if (least < atLeast) {
                found.add(
                        "have min.insync.replicas=%d, less than %d: what only one broker has counts as written and is lost with it"
                                .formatted(least, atLeast));
            }
            if (least >= replicas) {
                found.add("have min.insync.replicas=%d of %d replicas: without any one broker nothing can be written"
                        .formatted(least, replicas));
            }
        }
        if ("true".equals(configs.get(TopicConfig.UNCLEAN_LEADER_ELECTION_ENABLE_CONFIG))) {
            found.add("have unclean.leader.election.enable=true: what counts as written may be lost");
        }
        return found;
    }

    /** Of those that this application may look at; the right to describe the configuration of a topic is its own. */
    private Map<String, Map<String, String>> configs(Admin admin, Collection<TopicDescription> topics)
            throws InterruptedException, TimeoutException {
        List<ConfigResource> asked = topics.stream()
                .map(topic -> new ConfigResource(ConfigResource.Type.TOPIC, topic.name()))
                .toList();
        Map<String, Map<String, String>> known = new HashMap<>();
        for (Map.Entry<ConfigResource, KafkaFuture<Config>> answer :
                admin.describeConfigs(asked).values().entrySet()) {
            try {
                Map<String, String> values = new HashMap<>();
                for (ConfigEntry entry : answer.getValue()
                        .get(timeout.toMillis(), TimeUnit.MILLISECONDS)
                        .entries()) {
                    values.put(entry.name(), entry.value());
                }
                known.put(answer.getKey().name(), values);
            } catch (ExecutionException e) {
                LOGGER.debug(
                        "The configuration of topic {} is not told: {}",
                        Printable.of(answer.getKey().name()),
                        Printable.of(e.getMessage()));
            }
        }
        return known;
    }
}
