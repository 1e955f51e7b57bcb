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

    Answer handle(SagaCommand command, Inbox.Effect effect, StepAction action) throws Exception {
        try {
            return switch (effect) {
                case LOCAL -> local(command, action);
                case EXTERNAL -> external(command, action);
            };
        } catch (Exception e) {
            // Not recorded: the same command may be asked again, and then succeed.
            StepRejectedException rejection = StepRejectedException.in(e).orElseThrow(() -> e);
            return new Answer(
                    SagaReply.rejected(command, rejection.code(), rejection.getMessage()),
                    ParticipantEvent.Kind.REJECTED);
        }
    }

    private Answer local(SagaCommand command, StepAction action) throws Exception {
        return transactions.callAgainIfTaken(() -> {
            Optional<InboxRow> row = rows.lock(command.sagaId(), command.step());
            Optional<Answer> known = known(row, command);
            return known.isPresent() ? known.get() : record(row.orElseThrow(), command, action.run());
        });
    }

    private Answer external(SagaCommand command, StepAction action) throws Exception {
        Optional<Answer> known = transactions.callAgainIfTaken(() -> {
            Optional<InboxRow> row = rows.lock(command.sagaId(), command.step());
            Optional<Answer> answer = known(row, command);
            if (answer.isEmpty() && command.phase() == Phase.COMPENSATION) {
                rows.update(row.orElseThrow().compensating(command));
            }
            return answer;
        });
        if (known.isPresent()) {
            return known.get();
        }
        JsonNode result = action.run();
        return transactions.call(() -> {
            Optional<InboxRow> row = rows.lock(command.sagaId(), command.step());
            Optional<Answer> quicker = known(row, command);
            return quicker.isPresent() ? quicker.get() : record(row.orElseThrow(), command, result);
        });
    }

    /** What is to be answered without doing anything. A compensation that comes first bars the step. */
    private Optional<Answer> known(Optional<InboxRow> found, SagaCommand command) {
        if (found.isPresent()) {
            return found.get().answerTo(command, clock.instant());
        }
        if (command.phase() == Phase.COMPENSATION) {
            InboxRow barred = rows.insert(InboxRow.barred(command));
            return Optional.of(new Answer(barred.endingReply(), ParticipantEvent.Kind.EMPTY));
        }
        throw new IllegalStateException(
                "%s is refused: step %s of saga %s is not known here, and only a step that is DONE can be completed. Nothing changed"
                        .formatted(command.command(), command.step(), command.sagaId()));
    }

    private Answer record(InboxRow row, SagaCommand command, JsonNode result) {
        SagaReply reply = SagaReply.success(command, result);
        InboxState end = command.phase() == Phase.COMPENSATION ? InboxState.COMPENSATED : InboxState.COMPLETED;
        rows.update(row.ended(end, command, reply));
        return Answer.done(reply);
    }
}
