package dev.caravan.saga.participant;

import dev.caravan.saga.SagaId;
import dev.caravan.saga.Step;
import dev.caravan.saga.message.MessageCodec;
import dev.caravan.saga.message.SagaCommand;
import dev.caravan.saga.message.SagaReply;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcOperations;
import org.springframework.transaction.PlatformTransactionManager;

/**
 * Remembers in the participant's own database, in the table {@code saga_inbox} that
 * {@code classpath:caravan/inbox/R__saga_inbox.sql} creates. The primary key (saga, step) and the lock on that row
 * decide between any number of threads and instances. Needs no more than READ COMMITTED.
 *
 * <p><b>What it costs.</b> A LOCAL action is an INSERT, the action, an UPDATE and one commit. An ending is a SELECT FOR
 * UPDATE, the ending, an UPDATE and one commit. EXTERNAL costs a second transaction. LOCAL actions that are handled
 * together share the round trips of INSERT and UPDATE, and the commit.
 *
 * <p><b>Why the row is inserted before a LOCAL action</b>, though one INSERT after it would do with a statement less:
 * the row is then a lock that whoever acts on the step takes first, in the same order. With the INSERT at the end, a
 * compensation would hold the inbox row and wait for the business row while the action holds the business row and waits
 * for the inbox row; and every duplicate would do the business change again only to meet the row, or stumble over its
 * own first effect (a card that is now declined) and answer something else.
 *
 * <p><b>Why {@code INSERT ... WHERE NOT EXISTS}</b> and not {@code ON CONFLICT DO NOTHING}: it is the same on PostgreSQL
 * and on H2 in any mode. A duplicate inserts nothing; one that comes at the same time waits for the first and meets the
 * unique key. Both end their transaction, which has done nothing yet, and begin another one with SELECT FOR UPDATE.
 *
 * <p><b>Why a rejection is recorded in a second transaction</b> and not after a savepoint: savepoints cost a round trip
 * each time and JPA has none. Between the two the step looks unknown. A crash there lets the command be done again;
 * a duplicate there may decide otherwise, a compensation there bars the step. Each way the reply is that of the row
 * that is there in the end, and nothing else was answered before.
 *
 * <p><b>Waiting.</b> A command for a step that another transaction works on waits in the database: without end on
 * PostgreSQL (unless {@code lock_timeout} is set), for {@code LOCK_TIMEOUT} on H2 (2 s). Then it fails with a
 * {@code DataAccessException}; nothing changed, and the command may be handled again.
 */
public final class JdbcInbox implements BatchInbox {

    private static final Duration EXTERNAL_LIMIT = Duration.ofMinutes(1);

    private final Clock clock;
    private final InboxRows rows;
    private final Transactions transactions;
    private final ActionOnce actions;
    private final EndingOnce endings;
    private final ActionsTogether batches;
    private volatile ParticipantListener listener = ParticipantListener.NONE;

    /** With one minute for an EXTERNAL action. */
    public JdbcInbox(
            JdbcOperations jdbc,
            PlatformTransactionManager transactionManager,
            MessageCodec codec,
            Clock clock,
            @Nullable String schema) {
        this(jdbc, transactionManager, codec, clock, schema, EXTERNAL_LIMIT);
    }

    /**
     * @param jdbc on the DataSource of the participant's business tables
     * @param transactionManager that of the actions; {@code jdbc} joins its transactions
     * @param schema of {@code saga_inbox}, unquoted; {@code null}: the current schema of the connection
     * @param externalLimit longer than an EXTERNAL action can take, its own time-outs included. A compensation waits so
     *     long for an action that may be at work and may be dead.
     */
    public JdbcInbox(
            JdbcOperations jdbc,
            PlatformTransactionManager transactionManager,
            MessageCodec codec,
            Clock clock,
            @Nullable String schema,
            Duration externalLimit) {
        this.clock = clock;
        this.rows = new InboxRows(jdbc, codec, clock, new InboxTable(schema));
        this.transactions = new Transactions(transactionManager);
        this.actions = new ActionOnce(rows, transactions, clock, externalLimit);
        this.endings = new EndingOnce(rows, transactions, clock);
        this.batches = new ActionsTogether(rows, transactions);
    }

    @Override
    public void setListener(ParticipantListener listener) {
        this.listener = listener;
    }

    /**
     * @throws StepAtWorkException a compensation came while an EXTERNAL action may be at work
     * @throws IllegalStateException a completion of a step that is not DONE, or a caller that is in a transaction
     */
    @Override
    public SagaReply handle(SagaCommand command, Effect effect, StepAction action) throws Exception {
        transactions.refuseOuter(command.command());
        Answer answer =
                switch (command.phase()) {
                    case ACTION -> actions.handle(command, effect, action);
                    case COMPENSATION, COMPLETION -> endings.handle(command, effect, action);
                };
        if (answer.kind() != null) {
            listener.onEvent(ParticipantEvent.of(answer.kind(), command));
        }
        return answer.reply();
    }

    @Override
    public Held held(SagaId sagaId, Step step) throws Exception {
        Optional<InboxRow> all = transactions.call(
                () -> rows.look(sagaId, step).map(first -> first.together(rows.beside(sagaId, step))));
        return all.map(row -> row.held(clock.instant())).orElse(Held.NOTHING);
    }

    /** @throws IllegalStateException the caller is in a transaction */
    @Override
    public List<Optional<SagaReply>> handleTogether(List<BatchedAction> actions) throws Exception {
        transactions.refuseOuter("A batch");
        return batches.handle(actions);
    }
}
