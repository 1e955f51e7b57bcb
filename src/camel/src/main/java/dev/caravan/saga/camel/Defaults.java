package dev.caravan.saga.camel;

import java.util.Map;

/** What a setting is where an application does not set it: the same with Spring Boot and without. */
public final class Defaults {

    public static final String PARTITIONS = "4";
    public static final String REPLICATION_FACTOR = "0";
    public static final String MIN_INSYNC_REPLICAS = "0";
    public static final String SESSION_TIMEOUT = "10s";
    public static final String START_TIMEOUT = "10s";
    public static final String START = "refuse";
    public static final String START_KEY = "unique";
    public static final String START_KEY_RETENTION = "1h";
    public static final String START_LIMIT = "200";
    public static final String BRANCH_TIMEOUT = "10s";
    public static final String MAX_WAITING_EXCHANGES = "0";
    public static final String ROUTE_THREADS = "500";
    public static final String RECOVERY = "forward";
    public static final String OTHER_PATH = "wait";
    public static final String CORRECTIONS = "at-once";
    public static final String KAFKA_TIMEOUT = "20s";
    public static final String SHUTDOWN_TIMEOUT = "15s";
    public static final String LOG_TOPIC = "saga-logs";
    public static final String LOG_RETENTION = "30d";
    public static final String LOG_CARRY_AFTER = "1d";
    public static final String COMPENSATION_ATTEMPTS = "8";
    public static final String COMPENSATION_INITIAL_DELAY = "500ms";
    public static final String COMPENSATION_MAXIMUM_DELAY = "30s";
    public static final String COMPENSATION_TOPIC = "shared";
    public static final String REPLIES_TOKEN_REQUIRED = "false";
    public static final String PARTICIPANT_THREADS = "32";
    public static final String PARTICIPANT_MAX_IN_FLIGHT = "256";
    public static final String PARTICIPANT_BATCH_SIZE = "1";
    public static final String EVENTS_ATTEMPTS = "6";
    public static final String EVENTS_INITIAL_DELAY = "200ms";
    public static final String EVENTS_MAXIMUM_DELAY = "5s";

    /** The same by the name of the setting. What is not here has no default. */
    public static final Map<String, String> BY_SETTING = Map.ofEntries(
            Map.entry("caravan.partitions", PARTITIONS),
            Map.entry("caravan.replication-factor", REPLICATION_FACTOR),
            Map.entry("caravan.min-insync-replicas", MIN_INSYNC_REPLICAS),
            Map.entry("caravan.session-timeout", SESSION_TIMEOUT),
            Map.entry("caravan.start-timeout", START_TIMEOUT),
            Map.entry("caravan.start", START),
            Map.entry("caravan.start-key", START_KEY),
            Map.entry("caravan.start-key-retention", START_KEY_RETENTION),
            Map.entry("caravan.start-limit", START_LIMIT),
            Map.entry("caravan.branch-timeout", BRANCH_TIMEOUT),
            Map.entry("caravan.max-waiting-exchanges", MAX_WAITING_EXCHANGES),
            Map.entry("caravan.route-threads", ROUTE_THREADS),
            Map.entry("caravan.recovery", RECOVERY),
            Map.entry("caravan.other-path", OTHER_PATH),
            Map.entry("caravan.corrections", CORRECTIONS),
            Map.entry("caravan.kafka-timeout", KAFKA_TIMEOUT),
            Map.entry("caravan.shutdown-timeout", SHUTDOWN_TIMEOUT),
            Map.entry("caravan.log.topic", LOG_TOPIC),
            Map.entry("caravan.log.retention", LOG_RETENTION),
            Map.entry("caravan.log.carry-after", LOG_CARRY_AFTER),
            Map.entry("caravan.compensation.attempts", COMPENSATION_ATTEMPTS),
            Map.entry("caravan.compensation.initial-delay", COMPENSATION_INITIAL_DELAY),
            Map.entry("caravan.compensation.maximum-delay", COMPENSATION_MAXIMUM_DELAY),
            Map.entry("caravan.compensation.topic", COMPENSATION_TOPIC),
            Map.entry("caravan.replies.token-required", REPLIES_TOKEN_REQUIRED),
            Map.entry("caravan.participant.threads", PARTICIPANT_THREADS),
            Map.entry("caravan.participant.max-in-flight", PARTICIPANT_MAX_IN_FLIGHT),
            Map.entry("caravan.participant.batch-size", PARTICIPANT_BATCH_SIZE),
            Map.entry("caravan.events.attempts", EVENTS_ATTEMPTS),
            Map.entry("caravan.events.initial-delay", EVENTS_INITIAL_DELAY),
            Map.entry("caravan.events.maximum-delay", EVENTS_MAXIMUM_DELAY));

    private Defaults() {}
}
