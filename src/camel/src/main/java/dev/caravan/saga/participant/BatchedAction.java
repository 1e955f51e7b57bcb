package dev.caravan.saga.participant;

import dev.caravan.saga.message.SagaCommand;
import dev.caravan.saga.message.SagaReply;
import java.util.concurrent.Callable;

/**
 * One of several actions of a transaction.
 *
 * @param command whose phase is ACTION
 * @param work does it in the transaction of the caller, and says what to reply when that is committed
 */
public record BatchedAction(SagaCommand command, Callable<SagaReply> work) {}
