package dev.caravan.saga.monitoring;

import dev.caravan.saga.SagaStatus;
import dev.caravan.saga.monitoring.SagaOverview.OfVersion;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** How many sagas there are of which kind, as in {@link SagaOverview}. */
record SagaCounts(
        Map<SagaStatus, Long> byStatus,
        Map<Attention, Long> byAttention,
        SortedSet<String> names,
        List<OfVersion> versions) {

    static SagaCounts of(Collection<SagaSummary> all, Instant now, Duration silence) {
        Map<SagaStatus, Long> byStatus = new EnumMap<>(SagaStatus.class);
        Map<Attention, Long> byAttention = new EnumMap<>(Attention.class);
        SortedSet<String> names = new TreeSet<>();
        for (SagaSummary saga : all) {
            byStatus.merge(saga.status(), 1L, Long::sum);
            byAttention.merge(Attention.of(saga, now, silence), 1L, Long::sum);
            names.add(saga.name());
        }
        byAttention.remove(Attention.NONE);
        return new SagaCounts(byStatus, byAttention, names, SagaOverview.versions(all));
    }

    /** With those on disk, which need nobody and no version of a route. */
    SagaCounts and(EndedSagas.Shown onDisk) throws IOException {
        Map<SagaStatus, Long> allByStatus = new EnumMap<>(SagaStatus.class);
        allByStatus.putAll(byStatus);
        onDisk.byStatus().forEach((status, sagas) -> allByStatus.merge(status, sagas, Long::sum));
        SortedSet<String> allNames = new TreeSet<>(names);
        allNames.addAll(onDisk.names());
        return new SagaCounts(allByStatus, byAttention, allNames, versions);
    }

    SagaOverview overview(boolean caughtUp, long lag, @Nullable Instant readTo, long forgotten) {
        long total = byStatus.values().stream().mapToLong(Long::longValue).sum();
        return new SagaOverview(total, byStatus, byAttention, names, versions, caughtUp, lag, readTo, forgotten);
    }
}
