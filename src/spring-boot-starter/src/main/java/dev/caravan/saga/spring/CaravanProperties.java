package dev.caravan.saga.spring;

import dev.caravan.saga.camel.Defaults;
import dev.caravan.saga.camel.KeptStarts;
import dev.caravan.saga.camel.OtherPaths;
import dev.caravan.saga.camel.Recovery;
import dev.caravan.saga.camel.StartKeyOf;
import dev.caravan.saga.engine.CorrectionPolicy;
import dev.caravan.saga.kafka.CompensationTopic;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Settings of Caravan.
 *
 * @param coordinator Who decides how a saga ends.
 * @param partitions Partitions of topics that have to be created; existing topics stay as they are.
 * @param replicationFactor Replicas of topics that have to be created. 0: three, or as many as there are brokers, or the broker's default if that is more.
 * @param minInsyncReplicas Replicas that must have a record before it counts as written, of topics that have to be created. 0: two of three or more.
 * @param instanceId Name of this instance, the same after a restart; with it, a quick restart moves no partition.
 * @param sessionTimeout How long an instance that died keeps its partitions, unless it comes back under its instance id.
 * @param startTimeout How long a saga waits to be started until this instance owns a partition of the saga log.
 * @param start What becomes of a start while the LRA coordinator does not answer: it is refused, or kept in the log and durable.
 * @param startKey What the key of a start is: a label; unique, so that there is one saga for each; or message, and each message has one.
 * @param startKeyRetention How long a saga keeps its key after its end.
 * @param startLimit Sagas that an instance takes in at least before it refuses starts; more when it gets more done. 0: no limit.
 * @param branchTimeout Mode log: how long the end of a saga waits for parallel branches that still work.
 * @param maxWaitingExchanges Mode log: exchanges that wait for a reply, at most; the routes of others run again. 0: any number.
 * @param routeThreads Threads for routes of sagas, and as many for callbacks, where virtual ones would not do (before Java 24).
 * @param otherPath What becomes of a saga whose route, run again, takes another path than the log says: it waits, or is undone.
 * @param corrections When corrected data for a compensation is sent: at once, or when a second operator confirms it.
 * @param recovery What becomes of a saga that was running when its instance ended: its route goes on, or it is undone.
 * @param serializableTypes Classes, or packages as com.acme.*, of which a saga's message may have values in the log.
 * @param kafkaTimeout How long to wait for Kafka when the application starts.
 * @param shutdownTimeout How long commands at work and appended events have to be done when the application stops.
 * @param log The saga log.
 * @param compensation How a compensation or completion that fails is tried again.
 * @param replies Which replies of participants are believed.
 * @param lra Mode lra: the LRA coordinator. Its URLs are camel.lra.*, as camel-lra has them.
 * @param participant The participants in this application.
 * @param participants What one of them has for itself, by its name: schema, migrations, data-source, transaction-manager, external-limit.
 * @param view The list of sagas.
 * @param events Events by which services take part in sagas.
 * @param api What is offered over HTTP.
 * @param replyLinks Links by which people answer steps that wait, without a login.
 * @param credentialHeaders Headers that carry credentials, beside those of HTTP: they are never kept or sent.
 * @param sensitiveFields Fields of payloads that are encrypted in topics and masked where they are shown, by name or end of path.
 * @param sensitiveKeys Keys for that, each as id:key, the key in base64; the first one encrypts, all decrypt.
 * @param sensitiveKeysFile File with more of these keys, one in a line.
 */
@ConfigurationProperties("caravan")
public record CaravanProperties(
        @DefaultValue("lra") Coordinator coordinator,
        @DefaultValue(Defaults.PARTITIONS) int partitions,
        @DefaultValue(Defaults.REPLICATION_FACTOR) int replicationFactor,
        @DefaultValue(Defaults.MIN_INSYNC_REPLICAS) int minInsyncReplicas,
        String instanceId,
        @DefaultValue(Defaults.SESSION_TIMEOUT) Duration sessionTimeout,
        @DefaultValue(Defaults.START_TIMEOUT) Duration startTimeout,
        @DefaultValue(Defaults.START) KeptStarts.Policy start,
        @DefaultValue(Defaults.START_KEY) StartKeyOf.Policy startKey,
        @DefaultValue(Defaults.START_KEY_RETENTION) Duration startKeyRetention,
        @DefaultValue(Defaults.START_LIMIT) int startLimit,
        @DefaultValue(Defaults.BRANCH_TIMEOUT) Duration branchTimeout,
        @DefaultValue(Defaults.MAX_WAITING_EXCHANGES) int maxWaitingExchanges,
        @DefaultValue(Defaults.ROUTE_THREADS) int routeThreads,
        @DefaultValue(Defaults.OTHER_PATH) OtherPaths.Reaction otherPath,
        @DefaultValue(Defaults.CORRECTIONS) CorrectionPolicy corrections,
        @DefaultValue(Defaults.RECOVERY) Recovery recovery,
        @DefaultValue List<String> serializableTypes,
        @DefaultValue(Defaults.KAFKA_TIMEOUT) Duration kafkaTimeout,
        @DefaultValue(Defaults.SHUTDOWN_TIMEOUT) Duration shutdownTimeout,
        @DefaultValue Log log,
        @DefaultValue Compensation compensation,
        @DefaultValue Replies replies,
        @DefaultValue Lra lra,
        @DefaultValue Participant participant,
        @DefaultValue Map<String, ParticipantProperties> participants,
        @DefaultValue Events events,
        @DefaultValue View view,
        @DefaultValue Api api,
        @DefaultValue ReplyLinks replyLinks,
        @DefaultValue List<String> credentialHeaders,
        @DefaultValue List<String> sensitiveFields,
        @DefaultValue List<String> sensitiveKeys,
        String sensitiveKeysFile) {

    /** Who decides how a saga ends. */
    public enum Coordinator {
        /** A MicroProfile LRA coordinator. */
        LRA,
        /** The saga log: nothing beside Kafka. */
        LOG,
        /** No sagas are run here: an application that has participants only. */
        NONE
    }

    /**
     * @param topic Topic of the saga log.
     * @param retention How long entries are kept, if the topic has to be created.
     * @param carryAfter Age at which a saga that has not ended is written down again; well below the retention.
     */
    public record Log(
            @DefaultValue(Defaults.LOG_TOPIC) String topic,
            @DefaultValue(Defaults.LOG_RETENTION) Duration retention,
            @DefaultValue(Defaults.LOG_CARRY_AFTER) Duration carryAfter) {}

    /**
     * @param attempts Attempts in all; after the last one the saga is FAILED. 0 means for ever.
     * @param initialDelay Delay before the second attempt, doubled after each.
     * @param maximumDelay Longest delay between two attempts.
     * @param topic Where compensations are sent: the topic that all services share, or each service's own.
     */
    public record Compensation(
            @DefaultValue(Defaults.COMPENSATION_ATTEMPTS) int attempts,

            @DefaultValue(Defaults.COMPENSATION_INITIAL_DELAY)
            Duration initialDelay,

            @DefaultValue(Defaults.COMPENSATION_MAXIMUM_DELAY)
            Duration maximumDelay,

            @DefaultValue(Defaults.COMPENSATION_TOPIC) CompensationTopic topic) {}

    /**
     * @param secret Commands carry a token that is made of it; a reply with a wrong one is refused, and one without in the place of a participant in this application. The same for all instances.
     * @param tokenRequired Whether each reply without a token is refused.
     */
    public record Replies(
            String secret,
            @DefaultValue(Defaults.REPLIES_TOKEN_REQUIRED) boolean tokenRequired) {}

    /**
     * @param requestTimeout Time-out of every request to the coordinator.
     * @param callbackTimeout How long a callback waits before it is answered 202; below the coordinator's time-out.
     * @param callbackSecret Signs callback URLs; 16 characters or more, the same for all instances.
     * @param callbackSecretFile Used when there is no secret: holds one that was made up at the first start.
     */
    public record Lra(
            @DefaultValue("10s") Duration requestTimeout,
            @DefaultValue("1500ms") Duration callbackTimeout,
            String callbackSecret,
            @DefaultValue("data/callback-secret") String callbackSecretFile) {}

    /**
     * @param threads Threads that work on commands, where virtual ones would not do (before Java 24).
     * @param maxInFlight Commands of one service that are worked on or wait; beyond it, Kafka is asked for no more.
     * @param batchSize Commands of one service that share a transaction at most, if they wait for each other anyway.
     * @param createTable Whether the table of the inbox is made where it is missing.
     * @param inboxRetention Age at which inbox rows are removed; longer than any saga and than commands stay in Kafka.
     */
    public record Participant(
            @DefaultValue(Defaults.PARTICIPANT_THREADS) int threads,

            @DefaultValue(Defaults.PARTICIPANT_MAX_IN_FLIGHT)
            int maxInFlight,

            @DefaultValue(Defaults.PARTICIPANT_BATCH_SIZE) int batchSize,
            @DefaultValue("true") boolean createTable,
            @DefaultValue("60d") Duration inboxRetention) {}

    /**
     * @param topics Topics of the events by which services take part in sagas; created if they are missing.
     * @param attempts How often the routes of an event are run, in all, before it is a dead letter; 1 or more.
     * @param initialDelay Delay before the second attempt, doubled after each.
     * @param maximumDelay Longest delay between two attempts.
     */
    public record Events(
            @DefaultValue List<String> topics,
            @DefaultValue(Defaults.EVENTS_ATTEMPTS) int attempts,
            @DefaultValue(Defaults.EVENTS_INITIAL_DELAY) Duration initialDelay,
            @DefaultValue(Defaults.EVENTS_MAXIMUM_DELAY) Duration maximumDelay) {}

    /**
     * @param operator Whether sagas can be retried, resolved and cancelled, and dead letters sent again, over HTTP.
     * @param streams Streams of events that are open at the same time, at most.
     * @param streamsPerClient Of these, streams of one user, or of one address where there is no login.
     */
    public record Api(
            @DefaultValue("false") boolean operator,
            @DefaultValue("200") int streams,
            @DefaultValue("50") int streamsPerClient) {}

    /**
     * @param secret Signs the links; 16 characters or more, the same for all instances. Without one, there are no links.
     * @param url Where people reach this application's /saga-replies, as in a link.
     */
    public record ReplyLinks(String secret, URI url) {}

    /**
     * @param capacity Sagas of the list in memory; beyond it, those that ended first are on disk. 50000 unless it is set,
     *     and 200000 where there is no disk.
     * @param silence A saga in flight to which nothing has happened for longer needs attention.
     * @param directory Where the sagas are for which there is no room in memory; this process's own. none: nowhere.
     */
    public record View(
            @Nullable Integer capacity, @DefaultValue("5m") Duration silence, String directory) {}
}
