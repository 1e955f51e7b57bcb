package dev.caravan.saga.monitoring;

import dev.caravan.saga.SagaStatus;
import java.time.Instant;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which sagas are wanted, and in which order.
 *
 * @param statuses empty: any
 * @param name {@code null}: any
 * @param text a part of the id or of the key, in capitals or not; {@code null}: any
 * @param startedBefore {@code null}: at any time
 * @param startedAfter {@code null}: at any time
 * @param attentionOnly only those that a person should look at
 * @param after the {@link SagaPage#next} of the page before; {@code null}: the first page
 * @param limit sagas on a page
 * @param cause of which causes
 * @param business what the business calls them
 */
public record SagaQuery(
        Set<SagaStatus> statuses,
        @Nullable String name,
        @Nullable String text,
        @Nullable Instant startedBefore,
        @Nullable Instant startedAfter,
        boolean attentionOnly,
        Order order,
        @Nullable String after,
        int limit,
        CauseFilter cause,
        BusinessFilter business) {

    public SagaQuery {
        text = text == null ? null : text.toLowerCase(Locale.ROOT);
    }

    /** Which come first. */
    public enum Order {
        /** Those that began last. */
        LATEST,
        /** Those that need a person, the most urgent ones first; then as {@link #LATEST}. */
        ATTENTION
    }

    /** Of any cause, whatever the business calls them. */
    public SagaQuery(
            Set<SagaStatus> statuses,
            @Nullable String name,
            @Nullable String text,
            @Nullable Instant startedBefore,
            @Nullable Instant startedAfter,
            boolean attentionOnly,
            Order order,
            @Nullable String after,
            int limit) {
        this(
                statuses,
                name,
                text,
                startedBefore,
                startedAfter,
                attentionOnly,
                order,
                after,
                limit,
                CauseFilter.ANY,
                BusinessFilter.ANY);
    }

    /** The same query, for sagas that the business calls so. */
    public SagaQuery calling(BusinessFilter wanted) {
        return new SagaQuery(
                statuses, name, text, startedBefore, startedAfter, attentionOnly, order, after, limit, cause, wanted);
    }

    /** Sagas of any kind, the latest first. */
    public static SagaQuery latest(int limit) {
        return new SagaQuery(Set.of(), null, null, null, null, false, Order.LATEST, null, limit);
    }

    /** All sagas of a name. */
    public static SagaQuery named(String name, int limit) {
        return new SagaQuery(Set.of(), name, null, null, null, false, Order.LATEST, null, limit);
    }

    /** The same sagas on one page, and no order but time. */
    public SagaQuery all(int most) {
        return new SagaQuery(
                statuses,
                name,
                text,
                startedBefore,
                startedAfter,
                attentionOnly,
                Order.LATEST,
                null,
                most,
                cause,
                business);
    }

    boolean matches(SagaSummary saga, Attention attention) {
        return (!attentionOnly || attention != Attention.NONE)
                && cause.matches(saga)
                && (statuses.isEmpty() || statuses.contains(saga.status()))
                && (name == null || name.equals(saga.name()))
                && (startedBefore == null || saga.startedAt().isBefore(startedBefore))
                && (startedAfter == null || saga.startedAt().isAfter(startedAfter))
                && (text == null || contains(saga.sagaId().value(), text) || contains(saga.key(), text))
                && business.matches(saga);
    }

    /** @param part in small letters */
    static boolean contains(@Nullable String whole, @Nullable String part) {
        return whole != null && whole.toLowerCase(Locale.ROOT).contains(part);
    }
}
