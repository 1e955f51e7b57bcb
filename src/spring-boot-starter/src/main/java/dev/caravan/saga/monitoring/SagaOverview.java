package dev.caravan.saga.monitoring;

import dev.caravan.saga.SagaStatus;
import java.time.Instant;
import java.util.Map;
import java.util.SortedSet;

/**
 * All sagas in numbers, and how much of the log the view has.
 *
 * @param byAttention without those that need none
 * @param names the names of sagas that there are
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
        boolean caughtUp,
        long lag,
        Instant readTo,
        long forgotten) {}
