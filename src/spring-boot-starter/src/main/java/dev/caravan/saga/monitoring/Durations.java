package dev.caravan.saga.monitoring;

import java.time.Duration;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** How long things took, counted in steps of a tenth: small, whatever there is of it. Not thread-safe. */
final class Durations {

    private static final double STEP = Math.log(1.1);

    private int[] counts = new int[0];
    private long all;

    void add(Duration took) {
        int index = indexOf(Math.max(0, took.toMillis()));
        if (index >= counts.length) {
            counts = Arrays.copyOf(counts, index + 8);
        }
        counts[index]++;
        all++;
    }

    private static int indexOf(long millis) {
        return millis == 0 ? 0 : 1 + (int) Math.ceil(Math.log(millis) / STEP - 1e-9);
    }

    /**
     * A duration in ms that so many did not exceed.
     *
     * @param part of all, above 0 and at most 1
     * @return {@code null}: there are none
     */
    @Nullable
    Long below(double part) {
        long wanted = (long) Math.ceil(all * part);
        long seen = 0;
        for (int index = 0; index < counts.length; index++) {
            seen += counts[index];
            if (seen >= wanted && seen > 0) {
                return index == 0 ? 0 : (long) Math.exp((index - 1) * STEP);
            }
        }
        return null;
    }
}
