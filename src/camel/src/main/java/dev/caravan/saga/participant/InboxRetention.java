package dev.caravan.saga.participant;

import java.time.Clock;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcOperations;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Removes what {@link JdbcInbox} need not remember any longer. The application calls it, on a schedule of its own.
 *
 * <p>A step that was forgotten is a new step: a duplicate of its action takes effect again, and its compensation finds
 * nothing to undo. So the age is longer than the longest saga, and longer than the topics of the commands keep them.
 * Steps that are not finished (STARTED, COMPENSATING) are kept at any age.
 *
 * <p>Safe beside running commands and on several instances at once; after a crash what was committed stays removed.
 */
public final class InboxRetention {

    private final JdbcOperations jdbc;
    private final TransactionTemplate transaction;
    private final Clock clock;
    private final String delete;

    /** @param schema of {@code saga_inbox}, unquoted; {@code null}: the current schema of the connection */
    public InboxRetention(
            JdbcOperations jdbc, PlatformTransactionManager transactionManager, Clock clock, @Nullable String schema) {
        this.jdbc = jdbc;
        this.transaction = new TransactionTemplate(transactionManager);
        this.clock = clock;
        InboxTable table = new InboxTable(schema);
        // On updated_at depends what may go; created_at has the index.
        this.delete = "DELETE FROM " + table + " WHERE (saga_id, step) IN (SELECT saga_id, step FROM " + table
                + " WHERE created_at < ? AND updated_at < ? AND state NOT IN ('STARTED', 'COMPENSATING')"
                + " ORDER BY created_at, saga_id, step FETCH FIRST ? ROWS ONLY)";
    }

    /**
     * Removes the finished steps that nothing has happened to for so long, in transactions of at most {@code batch} rows.
     *
     * @return how many
     */
    public int removeOlderThan(Duration age, int batch) {
        if (age.isNegative() || batch < 1) {
            throw new IllegalArgumentException(
                    "Nothing was removed: age %s, batch %d. The age is not negative, a batch has a row or more"
                            .formatted(age, batch));
        }
        OffsetDateTime before = clock.instant().minus(age).atOffset(ZoneOffset.UTC);
        int total = 0;
        int removed;
        do {
            removed = transaction.execute(status -> jdbc.update(delete, before, before, batch));
            total += removed;
        } while (removed == batch);
        return total;
    }
}
