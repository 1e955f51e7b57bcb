/**
 * The messages between a saga and its participants, as JSON: {@link dev.caravan.saga.message.SagaCommand} goes out on
 * {@code <service>-commands} and {@code compensation-commands}, {@link dev.caravan.saga.message.SagaReply} comes back
 * on {@code saga-replies}. Both are plain enough for a participant that knows nothing of Caravan.
 */
@NullMarked
package dev.caravan.saga.message;

import org.jspecify.annotations.NullMarked;
