package dev.caravan.saga.monitoring;

import dev.caravan.saga.SagaStatus;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * All sagas in numbers, and how much of the log the view has.
 *
 * @param byAttention without those that need none
 * @param names the names of sagas that there are
 * @param versions the sagas that have not ended, FAILED ones among them, by name and version of their routes
 * @param caughtUp whether all was read that was in the log when the view began
 * @param lag records of the log that the view has not read
 * @param readTo when the latest entry that was read was written; {@code null}: none was
 * @param forgotten sagas that ended and for which there was no room
 */
public record SagaOverview(
        long total,
        Map<SagaStatus, Long> byStatus,
        Map<Attention, Long> byAttention,
        SortedSet<String> names,
        List<OfVersion> versions,
        boolean caughtUp,
        long lag,
        @Nullable Instant readTo,
        long forgotten) {

    /** How many sagas are left that began with a version of a route. */
    public record OfVersion(String name, String version, long left) {}

    /** Sagas that may need the route that they began with. */
    static List<OfVersion> versions(Collection<SagaSummary> all) {
        Map<List<String>, Long> left = all.stream()
                .filter(saga -> saga.version() != null && !saga.status().isOver())
                .collect(Collectors.groupingBy(saga -> List.of(saga.name(), saga.version()), Collectors.counting()));
        return left.entrySet().stream()
                .map(version ->
                        new OfVersion(version.getKey().get(0), version.getKey().get(1), version.getValue()))
                .sorted(Comparator.comparing(OfVersion::name).thenComparing(OfVersion::version))
                .toList();
    }
}
