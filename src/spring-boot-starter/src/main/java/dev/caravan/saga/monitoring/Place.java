package dev.caravan.saga.monitoring;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.Comparator;
import java.util.concurrent.TimeUnit;

/**
 * Where a saga is in the list. Of two that began in the same nanosecond, a number made of their ids says which is first:
 * that is the same in every instance, and cheap to sort by on disk.
 *
 * @param rank those with a smaller one come first
 * @param startedAt in nanoseconds since 1970; those that began later come first
 */
record Place(int rank, long startedAt, String sagaId) implements Comparable<Place> {

    private static final Comparator<Place> ORDER = Comparator.comparingInt(Place::rank)
            .thenComparing(Comparator.comparingLong(Place::startedAt).reversed())
            .thenComparingLong(Place::tie)
            .thenComparing(Place::sagaId);

    private static final long FNV_OFFSET = 0xcbf29ce484222325L;
    private static final long FNV_PRIME = 0x100000001b3L;

    static Place of(SagaSummary saga, Attention attention, SagaQuery.Order order) {
        return new Place(
                rankOf(attention, order), nanos(saga.startedAt()), saga.sagaId().value());
    }

    static int rankOf(Attention attention, SagaQuery.Order order) {
        return order == SagaQuery.Order.ATTENTION ? attention.ordinal() : 0;
    }

    /** Since 1970; of a time before 1677 or after 2262, the first or last that there is. */
    static long nanos(Instant time) {
        try {
            return Math.addExact(
                    Math.multiplyExact(time.getEpochSecond(), TimeUnit.SECONDS.toNanos(1)), time.getNano());
        } catch (ArithmeticException e) {
            return time.getEpochSecond() < 0 ? Long.MIN_VALUE : Long.MAX_VALUE;
        }
    }

    /** The hash of the id by FNV-1a. */
    long tie() {
        long hash = FNV_OFFSET;
        for (int i = 0; i < sagaId.length(); i++) {
            hash = (hash ^ sagaId.charAt(i)) * FNV_PRIME;
        }
        return hash;
    }

    @Override
    public int compareTo(Place other) {
        return ORDER.compare(this, other);
    }

    String encoded() {
        return Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString((rank + " " + startedAt + " " + sagaId).getBytes(StandardCharsets.UTF_8));
    }

    static Place decoded(String text) {
        try {
            String[] parts = new String(Base64.getUrlDecoder().decode(text), StandardCharsets.UTF_8).split(" ", 3);
            return new Place(Integer.parseInt(parts[0]), Long.parseLong(parts[1]), parts[2]);
        } catch (IllegalArgumentException | ArrayIndexOutOfBoundsException e) {
            throw new IllegalArgumentException("Not the next of a page: " + text, e);
        }
    }
}
