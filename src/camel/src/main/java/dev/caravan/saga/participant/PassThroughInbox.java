package dev.caravan.saga.participant;

import dev.caravan.saga.message.SagaCommand;
import dev.caravan.saga.message.SagaReply;

/**
 * Remembers nothing: for a participant whose actions, compensations and completions are idempotent by themselves, by a
 * key made of saga and step. Each command runs each time it comes, concurrently too. The participant also answers for
 * the order: a compensation may come before its action, and the action after it must then have no effect.
 *
 * <p>The effect does not matter here; no transaction is begun.
 */
public final class PassThroughInbox implements Inbox {

    private volatile ParticipantListener listener = ParticipantListener.NONE;

    @Override
    public void setListener(ParticipantListener listener) {
        this.listener = listener;
    }

    @Override
    public SagaReply handle(SagaCommand command, Effect effect, StepAction action) throws Exception {
        try {
            return SagaReply.success(command, action.run());
        } catch (Exception e) {
            StepRejectedException rejection = StepRejectedException.in(e).orElseThrow(() -> e);
            listener.onEvent(ParticipantEvent.of(ParticipantEvent.Kind.REJECTED, command));
            return SagaReply.rejected(command, rejection.code(), rejection.getMessage());
        }
    }
}
