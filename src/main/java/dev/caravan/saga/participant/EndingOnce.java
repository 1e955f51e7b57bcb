package dev.caravan.saga.participant;

import com.fasterxml.jackson.databind.JsonNode;
import dev.caravan.saga.message.Phase;
import dev.caravan.saga.message.SagaCommand;
import dev.caravan.saga.message.SagaReply;
import java.time.Clock;
import java.util.Optional;

/**
 * Undoes a step or makes it final, unless that was done before or there is nothing to undo. Here the row is locked
 * before it is inserted: nearly always it is there.
 */
final class EndingOnce {

    private final InboxRows rows;
    private final Transactions transactions;
    private final Clock clock;

    EndingOnce(InboxRows rows, Transactions transactions, Clock clock) {
        this.rows = rows;
        this.transactions = transactions;
        this.clock = clock;
    }

    SagaReply handle(SagaCommand command, Inbox.Effect effect, StepAction action) throws Exception {
        try {
            return switch (effect) {
                case LOCAL -> local(command, action);
                case EXTERNAL -> external(command, action);
            };
        } catch (Exception e) {
            // Not recorded: the same command may be asked again, and then succeed.
            StepRejectedException rejection = StepRejectedException.in(e).orElseThrow(() -> e);
            return SagaReply.rejected(command, rejection.code(), rejection.getMessage());
        }
    }

    private SagaReply local(SagaCommand command, StepAction action) throws Exception {
        return transactions.callAgainIfTaken(() -> {
            InboxRow row = row(command);
            Optional<SagaReply> known = row.answerTo(command, clock.instant());
            return known.isPresent() ? known.get() : record(row, command, action.run());
        });
    }

    private SagaReply external(SagaCommand command, StepAction action) throws Exception {
        Optional<SagaReply> known = transactions.callAgainIfTaken(() -> {
            InboxRow row = row(command);
            Optional<SagaReply> answer = row.answerTo(command, clock.instant());
            if (answer.isEmpty() && command.phase() == Phase.COMPENSATION) {
                rows.update(row.compensating(command));
            }
            return answer;
        });
        if (known.isPresent()) {
            return known.get();
        }
        JsonNode result = action.run();
        return transactions.call(() -> {
            InboxRow row = row(command);
            Optional<SagaReply> quicker = row.answerTo(command, clock.instant());
            return quicker.isPresent() ? quicker.get() : record(row, command, result);
        });
    }

    private InboxRow row(SagaCommand command) {
        Optional<InboxRow> found = rows.lock(command.sagaId(), command.step());
        if (found.isPresent()) {
            return found.get();
        }
        if (command.phase() == Phase.COMPENSATION) {
            return rows.insert(InboxRow.barred(command));
        }
        throw new IllegalStateException(
                "%s is refused: step %s of saga %s is not known here, and only a step that is DONE can be completed. Nothing changed"
                        .formatted(command.command(), command.step(), command.sagaId()));
    }

    private SagaReply record(InboxRow row, SagaCommand command, JsonNode result) {
        SagaReply reply = SagaReply.success(command, result);
        InboxState end = command.phase() == Phase.COMPENSATION ? InboxState.COMPENSATED : InboxState.COMPLETED;
        rows.update(row.ended(end, command, reply));
        return reply;
    }
}
