package dev.caravan.saga.kafka;

import dev.caravan.saga.message.SagaCommand;
import dev.caravan.saga.message.SagaReply;
import dev.caravan.saga.participant.BatchInbox;
import dev.caravan.saga.participant.ParticipantListener;
import dev.caravan.saga.participant.StepAction;

/** An inbox that may be asked for nothing but batches. */
interface OnlyBatches extends BatchInbox {

    @Override
    default SagaReply handle(SagaCommand command, Effect effect, StepAction action) {
        throw new UnsupportedOperationException();
    }

    @Override
    default void setListener(ParticipantListener listener) {
        throw new UnsupportedOperationException();
    }
}
