package dev.caravan.saga.kafka;

import java.util.OptionalLong;
import java.util.TreeMap;

/**
 * Which records of one partition are done, when they are done out of order: says up to where all are. Thread-safe.
 */
final class OffsetTracker {

    private final TreeMap<Long, Boolean> doneByOffset = new TreeMap<>();
    private long next = -1;
    private long committed = -1;

    synchronized void begin(long offset) {
        doneByOffset.put(offset, false);
        next = offset + 1;
    }

    synchronized void done(long offset) {
        doneByOffset.replace(offset, true);
        while (!doneByOffset.isEmpty() && doneByOffset.firstEntry().getValue()) {
            doneByOffset.pollFirstEntry();
        }
    }

    /** The position to commit, if it moved since the last call. */
    synchronized OptionalLong position() {
        long position = doneByOffset.isEmpty() ? next : doneByOffset.firstKey();
        if (position < 0 || position == committed) {
            return OptionalLong.empty();
        }
        committed = position;
        return OptionalLong.of(position);
    }
}
