package dev.caravan.coordinator;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How the embedded coordinator keeps, calls and recovers.
 *
 * @param embedded whether this application runs the coordinator, below {@code /lra-coordinator} of its own port
 * @param kind who coordinates, and where the LRAs are kept
 * @param storeDir directory of the object store; it is created, and locked as long as the coordinator runs
 * @param nodeId name of this coordinator inside its records; at most 28 bytes of ASCII
 * @param secret what each request has to carry as {@code Authorization: Bearer}; needed unless the application listens
 *     on the loopback address only
 * @param allowedParticipants hosts of participants, as {@code host} or {@code host:port}; {@code *} for any
 * @param recoveryPeriod pause between two recovery passes
 * @param recoveryFirstDelay delay before a participant that was not done is asked or called again, doubled after each time
 * @param recoveryMaxDelay upper limit of the delay, which doubles with each call that did not end
 * @param giveUpAfter how long participants are called that do not end, before the LRA has failed; 0: for ever
 * @param recoveryThreads how many LRAs are recovered at the same time
 * @param participantTimeout how long a participant may take to answer a callback before it counts as not answered
 * @param journalFlushesPerSecond how often per second the journal's buffer is flushed at most; a request waits for the flush
 * @param log where the LRAs of kind {@code log} are
 */
@ConfigurationProperties("caravan.lra.coordinator")
public record LraCoordinatorProperties(
        @DefaultValue("false") boolean embedded,
        @DefaultValue("narayana") Kind kind,
        @DefaultValue("data/lra-coordinator") Path storeDir,
        @DefaultValue("caravan") String nodeId,
        String secret,
        @DefaultValue({"localhost", "127.0.0.1", "[::1]"}) List<String> allowedParticipants,
        @DefaultValue("2s") Duration recoveryPeriod,
        @DefaultValue("100ms") Duration recoveryFirstDelay,
        @DefaultValue("10s") Duration recoveryMaxDelay,
        @DefaultValue("7d") Duration giveUpAfter,
        @DefaultValue("16") int recoveryThreads,
        @DefaultValue("10s") Duration participantTimeout,
        @DefaultValue("3000") int journalFlushesPerSecond,
        @DefaultValue Log log) {

    /** Who coordinates. */
    public enum Kind {
        /** Narayana, with a store of its own: one process. */
        NARAYANA,
        /** The log of LRAs in a Kafka topic: as many processes as there are. */
        LOG
    }

    /**
     * Where the LRAs of kind {@code log} are.
     *
     * @param topic of the log
     * @param group of the instances that share the work: those of one log have the same
     * @param partitions of the topic, if it has to be made
     * @param kafka any setting of Kafka's clients; {@code bootstrap.servers} is that of the application otherwise
     */
    public record Log(
            @DefaultValue("lra-logs") String topic,
            @DefaultValue("lra-coordinator") String group,
            @DefaultValue("8") int partitions,
            @DefaultValue Map<String, String> kafka) {}

    private static final int MAX_NODE_ID = 28;
    private static final int MIN_SECRET = 16;

    /**
     * Checks the values.
     *
     * @throws IllegalArgumentException naming the property that cannot be used
     */
    public LraCoordinatorProperties {
        require(positive(recoveryPeriod), "recovery-period", recoveryPeriod, "a positive duration");
        require(positive(participantTimeout), "participant-timeout", participantTimeout, "a positive duration");
        require(positive(recoveryFirstDelay), "recovery-first-delay", recoveryFirstDelay, "a positive duration");
        require(
                recoveryMaxDelay.compareTo(recoveryFirstDelay) >= 0,
                "recovery-max-delay",
                recoveryMaxDelay,
                "at least recovery-first-delay, " + recoveryFirstDelay);
        require(!giveUpAfter.isNegative(), "give-up-after", giveUpAfter, "a duration, or 0 for ever");
        require(
                secret == null || secret.isBlank() || secret.length() >= MIN_SECRET,
                "secret",
                "of " + (secret == null ? 0 : secret.length()) + " characters",
                MIN_SECRET + " characters or more");
        require(log.partitions() > 0, "log.partitions", log.partitions(), "at least 1");
        require(recoveryThreads > 0, "recovery-threads", recoveryThreads, "at least 1");
        require(journalFlushesPerSecond > 0, "journal-flushes-per-second", journalFlushesPerSecond, "at least 1");
        require(
                nodeId.matches("[\\x21-\\x7e]{1," + MAX_NODE_ID + "}"),
                "node-id",
                nodeId,
                "1 to " + MAX_NODE_ID + " printable ASCII characters");
    }

    private static boolean positive(Duration duration) {
        return duration.compareTo(Duration.ZERO) > 0;
    }

    private static void require(boolean met, String property, Object value, String wanted) {
        if (!met) {
            throw new IllegalArgumentException(
                    "caravan.lra.coordinator.%s is %s; it must be %s".formatted(property, value, wanted));
        }
    }
}
