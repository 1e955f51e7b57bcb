package dev.caravan.coordinator.log;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.TopicExistsException;

/** The topic of the LRA log. */
public final class LraTopic {

    private static final long TIMEOUT = 60; // s

    private LraTopic() {}

    /**
     * Creates it if there is none: compacted, replicated as the broker has it by default. Blocks.
     *
     * @param partitions of a new one; one that exists stays as it is
     * @throws IllegalStateException it is not known whether there is one
     */
    public static void ensure(Map<String, String> kafka, String topic, int partitions) {
        Map<String, Object> settings = new HashMap<>(kafka);
        settings.keySet().retainAll(AdminClientConfig.configNames());
        try (Admin admin = Admin.create(settings)) {
            NewTopic wanted = new NewTopic(topic, Optional.of(partitions), Optional.empty())
                    .configs(Map.of(TopicConfig.CLEANUP_POLICY_CONFIG, TopicConfig.CLEANUP_POLICY_COMPACT));
            admin.createTopics(List.of(wanted)).all().get(TIMEOUT, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            if (!(e.getCause() instanceof TopicExistsException)) {
                throw new IllegalStateException("The LRA log's topic " + topic + " cannot be made", e.getCause());
            }
        } catch (TimeoutException e) {
            throw new IllegalStateException("The brokers of the LRA log do not answer", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted while the LRA log's topic was made", e);
        }
    }
}
