package dev.caravan.saga.monitoring;

import java.util.Arrays;

/**
 * Where the entries of one saga are in its partition of the log, in order. Immutable; a position takes as many bytes as the
 * distance to the one before needs, mostly one or two.
 */
final class Positions {

    /** Of a saga of which nothing was read from the log. */
    static final Positions NONE = new Positions(new byte[0], 0, 0);

    private static final int BITS = 7;
    private static final int MORE = 1 << BITS;
    private static final int LONGEST = (Long.SIZE + BITS - 1) / BITS;

    private final byte[] distances;
    private final long last;
    private final long begin;

    private Positions(byte[] distances, long last, long begin) {
        this.distances = distances;
        this.last = last;
        this.begin = begin;
    }

    /** As {@link #bytes} and {@link #begin} said it; nothing can be added. */
    static Positions of(byte[] distances, long begin) {
        return new Positions(distances, 0, begin);
    }

    /** These, and the one of the entry that comes next in the log. */
    Positions plus(long position) {
        byte[] longer = Arrays.copyOf(distances, distances.length + LONGEST);
        int end = distances.length;
        long distance = position - last;
        while ((distance & -MORE) != 0) {
            longer[end++] = (byte) (distance & MORE - 1 | MORE);
            distance >>>= BITS;
        }
        longer[end++] = (byte) distance;
        return new Positions(Arrays.copyOf(longer, end), position, distances.length == 0 ? position : begin);
    }

    /** The last of these is of an entry with which one can begin to read. */
    Positions begun() {
        return new Positions(distances, last, last);
    }

    /** The latest from where on there is all that is to be known of the saga. */
    long begin() {
        return begin;
    }

    byte[] bytes() {
        return distances;
    }

    /** As {@code all()[0]}; asked for each saga in memory whenever some go to the disk. */
    long first() {
        return read(1)[0];
    }

    long[] all() {
        return read(distances.length);
    }

    private long[] read(int most) {
        long[] read = new long[most];
        int size = 0;
        long position = 0;
        for (int at = 0; at < distances.length && size < most; at++) {
            long distance = 0;
            int shift = 0;
            for (; (distances[at] & MORE) != 0; at++, shift += BITS) {
                distance |= (long) (distances[at] & MORE - 1) << shift;
            }
            position += distance | (long) distances[at] << shift;
            read[size++] = position;
        }
        return Arrays.copyOf(read, size);
    }
}
