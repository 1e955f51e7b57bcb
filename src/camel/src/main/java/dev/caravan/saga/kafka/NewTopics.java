package dev.caravan.saga.kafka;

import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.CreateTopicsOptions;
import org.apache.kafka.clients.admin.CreateTopicsResult;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Creates topics that survive the loss of a broker where there is more than one. Kafka's own default is one replica,
 * whatever the cluster; so the broker is asked what it would do, and more is asked for where that is less.
 */
final class NewTopics {

    private static final Logger LOGGER = LoggerFactory.getLogger(NewTopics.class);
    private static final int ENOUGH = 3;
    private static final int IN_SYNC = 2;

    private final TopicSettings settings;
    private final Duration timeout;

    NewTopics(TopicSettings settings, Duration timeout) {
        this.settings = settings;
        this.timeout = timeout;
    }

    /** What a topic would be like by the broker's defaults; 0: it does not say. */
    private record Defaults(int replicas, int inSync) {}

    /** @param configs of the topics, for instance {@code retention.ms} */
    void create(Admin admin, Collection<String> names, Map<String, String> configs)
            throws ExecutionException, InterruptedException, TimeoutException {
        if (names.isEmpty()) {
            return;
        }
        Defaults defaults = defaults(admin, names.iterator().next());
        int replicas = replicas(admin, defaults);
        Map<String, String> all = new HashMap<>(configs);
        if (settings.minInsyncReplicas() > 0) {
            all.put(TopicConfig.MIN_IN_SYNC_REPLICAS_CONFIG, Integer.toString(settings.minInsyncReplicas()));
        } else if (replicas >= ENOUGH && defaults.inSync() < IN_SYNC) {
            all.put(TopicConfig.MIN_IN_SYNC_REPLICAS_CONFIG, Integer.toString(IN_SYNC));
        }
        List<NewTopic> wanted = names.stream()
                .map(name -> new NewTopic(name, Optional.of(settings.partitions()), Optional.of((short) replicas))
                        .configs(all))
                .toList();
        for (var created : admin.createTopics(wanted).values().entrySet()) {
            try {
                created.getValue().get(timeout.toMillis(), TimeUnit.MILLISECONDS);
                LOGGER.info(
                        "Created topic {} with {} partitions, {} replicas",
                        created.getKey(),
                        settings.partitions(),
                        replicas);
            } catch (ExecutionException e) {
                if (!(e.getCause() instanceof TopicExistsException)) {
                    throw e;
                }
            }
        }
    }

    private int replicas(Admin admin, Defaults defaults)
            throws ExecutionException, InterruptedException, TimeoutException {
        if (settings.replicationFactor() > 0) {
            return settings.replicationFactor();
        }
        int brokers = admin.describeCluster()
                .nodes()
                .get(timeout.toMillis(), TimeUnit.MILLISECONDS)
                .size();
        return Math.max(defaults.replicas(), Math.min(ENOUGH, brokers));
    }

    /** Nothing is created. Who may create a topic may not always look at it. */
    private Defaults defaults(Admin admin, String name)
            throws ExecutionException, InterruptedException, TimeoutException {
        NewTopic asked = new NewTopic(name, Optional.of(settings.partitions()), Optional.empty());
        try {
            CreateTopicsResult answer =
                    admin.createTopics(List.of(asked), new CreateTopicsOptions().validateOnly(true));
            int replicas = answer.replicationFactor(name).get(timeout.toMillis(), TimeUnit.MILLISECONDS);
            String inSync = answer.config(name)
                    .get(timeout.toMillis(), TimeUnit.MILLISECONDS)
                    .get(TopicConfig.MIN_IN_SYNC_REPLICAS_CONFIG)
                    .value();
            return new Defaults(replicas, Integer.parseInt(inSync));
        } catch (ExecutionException e) {
            if (e.getCause() instanceof TopicExistsException || e.getCause() instanceof AuthorizationException) {
                return new Defaults(0, 0);
            }
            throw e;
        }
    }
}
