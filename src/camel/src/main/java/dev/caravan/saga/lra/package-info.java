/**
 * Mode {@code lra}: a MicroProfile LRA coordinator decides how a saga ends. Saga EIP calls come in and go out to the
 * coordinator by its HTTP protocol ({@link dev.caravan.saga.lra.LraClient}); its callbacks come in
 * ({@link dev.caravan.saga.lra.LraCallbacks}) and run the compensation and completion endpoints of the steps. The log
 * is told of everything.
 */
@NullMarked
package dev.caravan.saga.lra;

import org.jspecify.annotations.NullMarked;
