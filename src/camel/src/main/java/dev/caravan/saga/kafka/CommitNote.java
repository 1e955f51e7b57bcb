package dev.caravan.saga.kafka;

import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.jspecify.annotations.Nullable;

/**
 * What an owner says of a partition in its commit, beside the offset at which the next one begins.
 *
 * @param readTo in front of which it has read
 * @param partitions that the topic had; 0: it does not say, as versions before this did not
 */
record CommitNote(long readTo, int partitions) {

    private static final CommitNote NONE = new CommitNote(0, 0);

    /** @param commit {@code null}: nobody owned the partition before */
    static CommitNote of(@Nullable OffsetAndMetadata commit) {
        try {
            String[] words =
                    commit == null ? new String[] {"0"} : commit.metadata().split(" ");
            return new CommitNote(Long.parseLong(words[0]), words.length == 1 ? 0 : Integer.parseInt(words[1]));
        } catch (NumberFormatException e) {
            return NONE;
        }
    }

    OffsetAndMetadata at(long offset) {
        return new OffsetAndMetadata(offset, readTo + " " + partitions);
    }
}
