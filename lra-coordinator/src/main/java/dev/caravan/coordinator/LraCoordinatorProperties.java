package dev.caravan.coordinator;

import java.nio.file.Path;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How the embedded coordinator keeps, calls and recovers.
 *
 * @param embedded whether this application runs the coordinator, below {@code /lra-coordinator} of its own port
 * @param storeDir directory of the object store; it is created, and locked as long as the coordinator runs
 * @param nodeId name of this coordinator inside its records; at most 28 bytes of ASCII
 * @param recoveryPeriod pause between two recovery passes, and the first delay of a callback that is called again
 * @param recoveryMaxDelay upper limit of the delay, which doubles with each call that did not end
 * @param recoveryThreads how many LRAs are recovered at the same time
 * @param participantTimeout how long a participant may take to answer a callback before it counts as not answered
 * @param journalFlushesPerSecond how often per second the journal's buffer is flushed at most; a request waits for the flush
 */
@ConfigurationProperties("caravan.lra.coordinator")
public record LraCoordinatorProperties(
        @DefaultValue("false") boolean embedded,
        @DefaultValue("data/lra-coordinator") Path storeDir,
        @DefaultValue("caravan") String nodeId,
        @DefaultValue("2s") Duration recoveryPeriod,
        @DefaultValue("10s") Duration recoveryMaxDelay,
        @DefaultValue("16") int recoveryThreads,
        @DefaultValue("10s") Duration participantTimeout,
        @DefaultValue("3000") int journalFlushesPerSecond) {

    private static final int MAX_NODE_ID = 28;

    /**
     * Checks the values.
     *
     * @throws IllegalArgumentException naming the property that cannot be used
     */
    public LraCoordinatorProperties {
        require(positive(recoveryPeriod), "recovery-period", recoveryPeriod, "a positive duration");
        require(positive(participantTimeout), "participant-timeout", participantTimeout, "a positive duration");
        require(
                recoveryMaxDelay.compareTo(recoveryPeriod) >= 0,
                "recovery-max-delay",
                recoveryMaxDelay,
                "at least recovery-period, " + recoveryPeriod);
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
