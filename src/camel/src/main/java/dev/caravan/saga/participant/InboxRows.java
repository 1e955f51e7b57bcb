package dev.caravan.saga.participant;

import dev.caravan.saga.SagaId;
import dev.caravan.saga.Step;
import dev.caravan.saga.message.MessageCodec;
import dev.caravan.saga.message.SagaCommand;
import dev.caravan.saga.message.SagaReply;
import java.nio.charset.StandardCharsets;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.jdbc.core.JdbcOperations;

/** The rows of {@code saga_inbox}. Each method is one round trip in the transaction of its caller. */
final class InboxRows {

    private final JdbcOperations jdbc;
    private final MessageCodec codec;
    private final Clock clock;
    private final String insert;
    private final String update;
    private final String look;
    private final String lock;
    private final String beside;

    InboxRows(JdbcOperations jdbc, MessageCodec codec, Clock clock, InboxTable table) {
        this.jdbc = jdbc;
        this.codec = codec;
        this.clock = clock;
        // Where a row is already there, which is the duplicate of every day, no error is raised and none is logged.
        this.insert = "INSERT INTO " + table + " (state, action_command, action_reply, ending_command, ending_reply,"
                + " busy_until, updated_at, created_at, saga_id, step) SELECT CAST(? AS VARCHAR), CAST(? AS VARCHAR),"
                + " CAST(? AS TEXT), CAST(? AS VARCHAR), CAST(? AS TEXT), CAST(? AS TIMESTAMP WITH TIME ZONE),"
                + " CAST(? AS TIMESTAMP WITH TIME ZONE), CAST(? AS TIMESTAMP WITH TIME ZONE), CAST(? AS VARCHAR),"
                + " CAST(? AS VARCHAR) WHERE NOT EXISTS (SELECT 1 FROM " + table + " WHERE saga_id = ? AND step = ?)";
        this.update = "UPDATE " + table + " SET state = ?, action_command = ?, action_reply = ?, ending_command = ?,"
                + " ending_reply = ?, busy_until = ?, updated_at = ? WHERE saga_id = ? AND step = ?";
        String select = "SELECT saga_id, step, state, action_command, action_reply, ending_command, ending_reply,"
                + " busy_until FROM " + table + " WHERE saga_id = ? AND ";
        this.look = select + "step = ?";
        this.lock = select + "step = ? FOR UPDATE";
        this.beside = select + "LEFT(step, ?) = ?";
    }

    /**
     * Waits for whoever is inserting the same step.
     *
     * @return the row
     * @throws RowTakenException there is a row already. The transaction cannot go on.
     */
    InboxRow insert(InboxRow row) {
        int inserted;
        try {
            inserted = jdbc.update(insert, toInsert(row));
        } catch (DuplicateKeyException e) {
            throw new RowTakenException(row, e);
        }
        if (inserted == 0) {
            throw new RowTakenException(row, null);
        }
        return row;
    }

    /**
     * Inserts those that are not there yet, in one round trip. Waits for whoever is inserting one of them.
     *
     * @return for each row, in order, whether it was inserted
     * @throws DuplicateKeyException one of them was inserted meanwhile. The transaction cannot go on.
     */
    List<Boolean> insertAll(List<InboxRow> all) {
        int[] inserted =
                jdbc.batchUpdate(insert, all.stream().map(this::toInsert).toList());
        return Arrays.stream(inserted).mapToObj(count -> count == 1).toList();
    }

    private Object[] toInsert(InboxRow row) {
        OffsetDateTime now = time(clock.instant());
        String sagaId = row.sagaId().value();
        return values(row, now, now, sagaId, row.key(), sagaId, row.key());
    }

    /** Overwrites the row, which the caller has inserted or locked. */
    void update(InboxRow row) {
        jdbc.update(update, toUpdate(row));
    }

    /** Overwrites the rows, which the caller has inserted or locked, in one round trip. */
    void updateAll(List<InboxRow> all) {
        jdbc.batchUpdate(update, all.stream().map(this::toUpdate).toList());
    }

    private Object[] toUpdate(InboxRow row) {
        return values(row, time(clock.instant()), row.sagaId().value(), row.key());
    }

    /** Those with which both statements begin, and the others. */
    private Object[] values(InboxRow row, @Nullable Object... others) {
        Stream<Object> first = Stream.of(
                row.state().name(),
                row.actionCommand(),
                text(row.actionReply()),
                row.endingCommand(),
                text(row.endingReply()),
                time(row.busyUntil()));
        return Stream.concat(first, Arrays.stream(others)).toArray();
    }

    /** The step's first row as it was committed last. */
    Optional<InboxRow> look(SagaId sagaId, Step step) {
        return jdbc.query(look, (found, number) -> row(found), sagaId.value(), step.toString()).stream()
                .findFirst();
    }

    /** Waits for whoever has locked the step's first row, and keeps it locked until the end of the transaction. */
    Optional<InboxRow> lock(SagaId sagaId, Step step) {
        return lock(sagaId, step.toString());
    }

    private Optional<InboxRow> lock(SagaId sagaId, String key) {
        return jdbc.query(lock, (found, number) -> row(found), sagaId.value(), key).stream()
                .findFirst();
    }

    /** The row that a command has beside its step's first one, which the caller has locked. */
    Optional<InboxRow> lockBeside(SagaCommand command) {
        return lock(command.sagaId(), InboxRow.startedBeside(command).key());
    }

    /** All rows beside the step's first one, which the caller has locked. */
    List<InboxRow> beside(SagaId sagaId, Step step) {
        String prefix = step + "/";
        return jdbc.query(beside, (found, number) -> row(found), sagaId.value(), prefix.length(), prefix);
    }

    private InboxRow row(ResultSet found) throws SQLException {
        OffsetDateTime busyUntil = found.getObject("busy_until", OffsetDateTime.class);
        String key = found.getString("step");
        int part = key.indexOf('/');
        return new InboxRow(
                new SagaId(found.getString("saga_id")),
                Step.parse(part < 0 ? key : key.substring(0, part)),
                part < 0 ? null : key.substring(part + 1),
                InboxState.valueOf(found.getString("state")),
                found.getString("action_command"),
                reply(found.getString("action_reply")),
                found.getString("ending_command"),
                reply(found.getString("ending_reply")),
                busyUntil == null ? null : busyUntil.toInstant());
    }

    private @Nullable String text(@Nullable SagaReply reply) {
        return reply == null ? null : new String(codec.encode(reply), StandardCharsets.UTF_8);
    }

    private @Nullable SagaReply reply(String text) {
        return text == null ? null : codec.decodeReply(text.getBytes(StandardCharsets.UTF_8));
    }

    private static @Nullable OffsetDateTime time(@Nullable Instant instant) {
        return instant == null ? null : instant.atOffset(ZoneOffset.UTC);
    }
}
