package dev.caravan.saga.participant;

/**
 * How a command can be done in one transaction with commands of other sagas.
 *
 * @param inbox begins and ends the transaction; commands of the same one may share it
 * @param action does what the command asks for within that transaction, and nothing of what the inbox does
 */
public record Batchable(BatchInbox inbox, CommandHandler action) {}
