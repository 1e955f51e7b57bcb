/**
 * Seeing sagas: entries of the saga log come in; a list, its numbers and traces go out. {@code SagaView} is the list,
 * {@code SagaTraces} makes spans.
 */
@NullMarked
package dev.caravan.saga.monitoring;

import org.jspecify.annotations.NullMarked;
