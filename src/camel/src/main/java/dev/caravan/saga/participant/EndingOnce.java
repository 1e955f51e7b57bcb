package dev.caravan.saga.participant;

import com.fasterxml.jackson.databind.JsonNode;
import dev.caravan.saga.message.Phase;
import dev.caravan.saga.message.SagaCommand;
import dev.caravan.saga.message.SagaReply;
import java.time.Clock;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

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
            Ending ending = ending(command);
            return ending.known().isPresent() ? ending.known().get() : record(ending.row(), command, action.run());
        });
    }

    private Answer external(SagaCommand command, StepAction action) throws Exception {
        Optional<Answer> known = transactions.callAgainIfTaken(() -> {
            Ending ending = ending(command);
            if (ending.known().isEmpty() && command.phase() == Phase.COMPENSATION) {
                rows.update(ending.row().compensating(command));
            }
            return ending.known();
        });
        if (known.isPresent()) {
            return known.get();
        }
        JsonNode result = action.run();
        return transactions.call(() -> {
            Ending quicker = ending(command);
            return quicker.known().isPresent() ? quicker.known().get() : record(quicker.row(), command, result);
        });
    }

    /**
     * @param row where it is written down; it is locked
     * @param known what is to be answered without doing anything
     */
    private record Ending(InboxRow row, Optional<Answer> known) {}

    /** A compensation that comes first bars the step. */
    private Ending ending(SagaCommand command) {
        Optional<InboxRow> found = rows.lock(command.sagaId(), command.step());
        if (found.isPresent()) {
            return ending(found.get(), command);
        }
        if (command.phase() == Phase.COMPENSATION) {
            InboxRow barred = rows.insert(InboxRow.barred(command));
            return new Ending(
                    barred,
                    Optional.of(new Answer(Objects.requireNonNull(barred.endingReply()), ParticipantEvent.Kind.EMPTY)));
        }
        throw new StepRejectedException(
                Inbox.NOT_DONE,
                "%s is refused: step %s of saga %s is not known here, and only a step that is DONE can be completed. Nothing changed"
                        .formatted(command.command(), command.step(), command.sagaId()));
    }

    private Ending ending(InboxRow first, SagaCommand command) {
        if (!first.isEndedByOther(command)) {
            List<InboxRow> beside = rows.beside(command.sagaId(), command.step());
            return new Ending(first, first.together(beside).answerTo(command, clock.instant()));
        }
        if (first.state() == InboxState.BARRED) {
            Answer nothing = new Answer(SagaReply.success(command, null), ParticipantEvent.Kind.EMPTY);
            return new Ending(first, Optional.of(nothing));
        }
        InboxRow own = rows.lockBeside(command).orElseGet(() -> rows.insert(InboxRow.endingBeside(command)));
        return new Ending(own, own.answerTo(command, clock.instant()));
    }

    private Answer record(InboxRow row, SagaCommand command, @Nullable JsonNode result) {
        SagaReply reply = SagaReply.success(command, result);
        InboxState end = command.phase() == Phase.COMPENSATION ? InboxState.COMPENSATED : InboxState.COMPLETED;
        rows.update(row.ended(end, command, reply));
        return Answer.done(reply);
    }
}
