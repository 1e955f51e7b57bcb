package dev.caravan.saga.participant;

import com.fasterxml.jackson.databind.JsonNode;
import dev.caravan.saga.Printable;
import dev.caravan.saga.message.SagaCommand;
import dev.caravan.saga.message.SagaReply;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Does a step, unless its outcome is known or its compensation has come before it. */
final class ActionOnce {

    private static final Logger LOGGER = LoggerFactory.getLogger(ActionOnce.class);

    private final InboxRows rows;
    private final Transactions transactions;
    private final Clock clock;
    private final Duration externalLimit;

    ActionOnce(InboxRows rows, Transactions transactions, Clock clock, Duration externalLimit) {
        this.rows = rows;
        this.transactions = transactions;
        this.clock = clock;
        this.externalLimit = externalLimit;
    }

    Answer handle(SagaCommand command, Inbox.Effect effect, StepAction action) throws Exception {
        try {
            return switch (effect) {
                case LOCAL -> local(command, action);
                case EXTERNAL -> external(command, action);
            };
        } catch (Exception e) {
            StepRejectedException rejection = StepRejectedException.in(e).orElseThrow(() -> e);
            return settle(
                    command,
                    InboxState.REJECTED,
                    SagaReply.rejected(command, rejection.code(), rejection.getMessage()));
        }
    }

    private Answer local(SagaCommand command, StepAction action) throws Exception {
        return onRow(InboxRow.started(command), first -> {
            InboxRow row = own(first, command);
            Optional<Answer> known = row.answerTo(command, clock.instant());
            if (known.isPresent()) {
                return known.get();
            }
            SagaReply reply = SagaReply.success(command, action.run());
            rows.update(row.answered(InboxState.DONE, reply));
            return Answer.done(reply);
        });
    }

    private Answer external(SagaCommand command, StepAction action) throws Exception {
        Instant now = clock.instant();
        // What comes back from the database has to equal it, and PostgreSQL keeps microseconds.
        Instant busyUntil = now.plus(externalLimit).truncatedTo(ChronoUnit.MILLIS);
        Optional<Answer> known = onRow(InboxRow.started(command).busy(busyUntil), first -> {
            InboxRow row = own(first, command);
            Optional<Answer> answer = row.answerTo(command, now);
            if (answer.isEmpty() && !busyUntil.equals(row.busyUntil())) {
                rows.update(row.busy(busyUntil));
            }
            return answer;
        });
        if (known.isPresent()) {
            return known.get();
        }
        JsonNode result;
        try {
            result = action.run();
        } catch (Exception | Error e) {
            if (StepRejectedException.in(e).isEmpty()) {
                release(command, busyUntil, e);
            }
            throw e;
        }
        return settle(command, InboxState.DONE, SagaReply.success(command, result));
    }

    /** Inserts the row, or locks the one that is there: the insert comes first because nearly always there is none. */
    private <T> T onRow(InboxRow fresh, RowWork<T> work) throws Exception {
        try {
            return transactions.call(() -> work.on(rows.insert(fresh)));
        } catch (RowTakenException e) {
            return transactions.call(
                    () -> work.on(rows.lock(fresh.sagaId(), fresh.step()).orElseGet(() -> rows.insert(fresh))));
        }
    }

    /**
     * The row of this action: the step's first, or one beside it when that is another action's. The caller has locked the
     * first, which a compensation bars for all.
     */
    private InboxRow own(InboxRow first, SagaCommand command) {
        if (first.isOf(command)) {
            return first;
        }
        Optional<InboxRow> beside = rows.lockBeside(command);
        InboxRow fresh = InboxRow.startedBeside(command);
        if (first.isBarred()) {
            return beside.orElse(fresh).barredBy(first);
        }
        return beside.orElseGet(() -> rows.insert(fresh));
    }

    /** Records an outcome, unless another attempt or a compensation was quicker. */
    private Answer settle(SagaCommand command, InboxState outcome, SagaReply reply) throws Exception {
        Answer fresh = new Answer(reply, outcome == InboxState.REJECTED ? ParticipantEvent.Kind.REJECTED : null);
        return transactions.callAgainIfTaken(() -> {
            Optional<InboxRow> found = rows.lock(command.sagaId(), command.step());
            if (found.isEmpty()) {
                rows.insert(InboxRow.started(command).answered(outcome, reply));
                return fresh;
            }
            InboxRow row = own(found.get(), command);
            if (row.state() == InboxState.STARTED) {
                rows.update(row.answered(outcome, reply));
                return fresh;
            }
            if (outcome == InboxState.DONE && row.isBarred() && row.actionReply() == null) {
                return tooLate(command, row);
            }
            return row.answerTo(command, clock.instant()).orElseThrow();
        });
    }

    /** The action outlived its limit, the compensation did not wait any longer, and now there is an effect. */
    private Answer tooLate(SagaCommand command, InboxRow row) {
        String error = "%s took effect after its compensation %s had begun, because it took longer than %s"
                .formatted(command.command(), row.endingCommand(), externalLimit);
        LOGGER.warn(
                "{}. Step {} of saga {}: check that the effect is undone where it was made, and raise the limit",
                Printable.of(error),
                command.step(),
                command.sagaId());
        SagaReply reply = new SagaReply(
                command.sagaId(),
                command.step(),
                command.command(),
                SagaReply.Status.FAILED,
                null,
                error,
                Inbox.ALREADY_COMPENSATED,
                SagaReply.Outcome.UNKNOWN);
        rows.update(row.answered(row.state(), reply));
        return new Answer(reply, ParticipantEvent.Kind.LATE);
    }

    /** The attempt is over without an outcome, so a compensation need not wait for it. */
    private void release(SagaCommand command, Instant busyUntil, Throwable failure) {
        try {
            transactions.call(() -> {
                rows.lock(command.sagaId(), command.step())
                        .map(first -> own(first, command))
                        .filter(row -> row.state() == InboxState.STARTED && busyUntil.equals(row.busyUntil()))
                        .ifPresent(row -> rows.update(row.busy(null)));
                return null;
            });
        } catch (Exception e) {
            failure.addSuppressed(e);
        }
    }

    @FunctionalInterface
    private interface RowWork<T> {
        T on(InboxRow row) throws Exception;
    }
}
