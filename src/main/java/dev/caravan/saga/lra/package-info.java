/**
 * Mode {@code lra}: a MicroProfile LRA coordinator decides how a saga ends. Saga EIP calls come in and go out as HTTP
 * to the coordinator ({@link dev.caravan.saga.lra.LraClient}); its callbacks come in
 * ({@link dev.caravan.saga.lra.LraCallbacks}) and run the compensation and completion endpoints of the steps. The log
 * is told of everything.
 */
package dev.caravan.saga.lra;
