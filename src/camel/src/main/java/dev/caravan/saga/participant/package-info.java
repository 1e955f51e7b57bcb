/**
 * A participant's side: a command comes in once or many times, early or late; its effect happens once, and the reply
 * that goes out is always the same.
 *
 * <p>In: a {@link dev.caravan.saga.message.SagaCommand} and the {@link dev.caravan.saga.participant.StepAction} that
 * does it. Out: the {@link dev.caravan.saga.message.SagaReply}, or technical trouble and nothing done. Between them an
 * {@link dev.caravan.saga.participant.Inbox}: {@link dev.caravan.saga.participant.JdbcInbox} in the participant's own
 * database, {@link dev.caravan.saga.participant.PassThroughInbox} for what is idempotent by itself.
 */
@NullMarked
package dev.caravan.saga.participant;

import org.jspecify.annotations.NullMarked;
