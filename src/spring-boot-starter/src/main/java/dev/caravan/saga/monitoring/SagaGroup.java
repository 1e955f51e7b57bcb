package dev.caravan.saga.monitoring;

import dev.caravan.saga.SagaStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Sagas that are where they are for the same cause.
 *
 * @param attention the most urgent of any of them
 * @param application that runs them; {@code null}: it is not known
 * @param step as in {@link CauseFilter}; {@code null}: none
 * @param code as in {@link CauseFilter}; {@code null}: none
 * @param oldest when the first of them began
 * @param newest when the last of them began
 * @param says what is said of the last of them; {@code null}: nothing
 */
public record SagaGroup(
        SagaStatus status,
        Attention attention,
        @Nullable String application,
        @Nullable String step,
        @Nullable String code,
        long count,
        Instant oldest,
        Instant newest,
        @Nullable String says) {

    private static final Comparator<SagaGroup> ORDER = Comparator.comparing(SagaGroup::attention)
            .thenComparing(Comparator.comparingLong(SagaGroup::count).reversed())
            .thenComparing(SagaGroup::status)
            .thenComparing(group -> group.application + " " + group.step + " " + group.code);

    private record Key(
            SagaStatus status,
            @Nullable String application,
            @Nullable String step,
            @Nullable String code) {}

    /** The most urgent and then the largest groups first; not more than the query's limit. */
    static List<SagaGroup> first(Collection<SagaGroup> some, Collection<SagaGroup> others, SagaQuery query) {
        Map<Key, SagaGroup> groups = new HashMap<>();
        Stream.concat(some.stream(), others.stream())
                .forEach(group -> groups.merge(group.key(), group, SagaGroup::plus));
        return groups.values().stream().sorted(ORDER).limit(query.limit()).toList();
    }

    /** All groups of those that match. */
    static Collection<SagaGroup> all(Collection<SagaSummary> sagas, SagaQuery query, Instant now, Duration silence) {
        Map<Key, SagaGroup> groups = new HashMap<>();
        for (SagaSummary saga : sagas) {
            Attention attention = Attention.of(saga, now, silence);
            if (query.matches(saga, attention)) {
                SagaGroup group = of(saga, attention);
                groups.merge(group.key(), group, SagaGroup::plus);
            }
        }
        return groups.values();
    }

    private Key key() {
        return new Key(status, application, step, code);
    }

    /** A group of one saga. */
    static SagaGroup of(SagaSummary saga, Attention attention) {
        return new SagaGroup(
                saga.status(),
                attention,
                saga.application(),
                saga.cause().step(),
                saga.cause().code(),
                1,
                saga.startedAt(),
                saga.startedAt(),
                saga.trouble() == null ? saga.reason() : saga.trouble());
    }

    /** As many as this one, of which this one is the last. */
    SagaGroup counted(long sagas, Instant first) {
        return new SagaGroup(status, attention, application, step, code, sagas, first, newest, says);
    }

    private SagaGroup plus(SagaGroup more) {
        boolean isNewer = more.newest.isAfter(newest);
        return new SagaGroup(
                status,
                attention.compareTo(more.attention) <= 0 ? attention : more.attention,
                application,
                step,
                code,
                count + more.count,
                more.oldest.isBefore(oldest) ? more.oldest : oldest,
                isNewer ? more.newest : newest,
                isNewer ? more.says : says);
    }
}
