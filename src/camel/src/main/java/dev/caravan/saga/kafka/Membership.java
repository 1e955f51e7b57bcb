package dev.caravan.saga.kafka;

import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.RangeAssignor;
import org.jspecify.annotations.Nullable;

/**
 * How this instance is a member of consumer groups.
 *
 * @param instanceId its name, the same after a restart: it then gets its partitions back at once, and nobody else gets
 *     them meanwhile (static membership). {@code null}: a restarted instance is a new member.
 * @param sessionTimeout how long a dead instance keeps its partitions
 */
public record Membership(@Nullable String instanceId, Duration sessionTimeout) {

    private static final int HEARTBEATS = 3;

    /** What this process is called, which no other one is at the same time. */
    public static String processName() {
        return ManagementFactory.getRuntimeMXBean().getName();
    }

    /** Consumer settings for one group; partitions of equal number in different topics go to the same member. */
    Map<String, Object> of(String group) {
        Map<String, Object> settings = new HashMap<>();
        settings.put(ConsumerConfig.GROUP_ID_CONFIG, group);
        settings.put(ConsumerConfig.PARTITION_ASSIGNMENT_STRATEGY_CONFIG, RangeAssignor.class.getName());
        settings.put(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG, (int) sessionTimeout.toMillis());
        settings.put(ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG, (int) sessionTimeout.toMillis() / HEARTBEATS);
        if (instanceId != null && !instanceId.isBlank()) {
            settings.put(ConsumerConfig.GROUP_INSTANCE_ID_CONFIG, instanceId);
        }
        return settings;
    }
}
