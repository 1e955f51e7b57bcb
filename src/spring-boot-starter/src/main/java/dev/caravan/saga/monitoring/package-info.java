/**
 * Seeing sagas: entries of the saga log come in; a list, numbers, metrics and traces go out. {@code SagaView} is the list,
 * {@code SagaMetrics} counts, {@code SagaTraces} makes spans.
 */
package dev.caravan.saga.monitoring;
