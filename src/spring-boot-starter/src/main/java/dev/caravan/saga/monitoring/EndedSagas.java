package dev.caravan.saga.monitoring;

import dev.caravan.saga.SagaId;
import dev.caravan.saga.SagaStatus;
import java.io.Closeable;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Lines of sagas that ended for good and for which there is no room in memory; nobody has to look at any of them, and none
 * changes. Written by one thread at a time, read by any.
 */
interface EndedSagas extends Closeable {

    /**
     * Takes them in; nobody sees them before what is returned was run, which is quick. They are there after a crash, if any
     * are.
     *
     * @param readFrom for each partition of the log, from where on it has to be read again after a restart
     */
    Runnable add(List<SagaSummary> ended, long[] readFrom) throws IOException;

    /**
     * Leaves out those of which the log has no beginning any more; seen as in {@link #add}.
     *
     * @param beginnings the first position that each partition of the log still has
     */
    Runnable leaveOut(long[] beginnings) throws IOException;

    /** What there is now. The caller closes it, soon. */
    Shown shown() throws IOException;

    /** From where on the log has to be read; what is before is here. */
    long[] readFrom();

    /** When the latest one began or ended that is here or was, after a restart too; none that began later is here. */
    Instant latest();

    long size();

    /** All at one moment, whatever is added meanwhile. */
    interface Shown extends Closeable {

        boolean has(SagaId sagaId) throws IOException;

        Optional<SagaSummary> find(SagaId sagaId) throws IOException;

        /** The latest with this key. */
        Optional<SagaSummary> findByKey(String key) throws IOException;

        /** @param after behind which they are wanted; {@code null}: from the first on */
        Paging.Some page(SagaQuery query, Place after) throws IOException;

        List<SagaGroup> groups(SagaQuery query) throws IOException;

        Map<SagaStatus, Long> byStatus() throws IOException;

        Set<String> names() throws IOException;
    }
}
