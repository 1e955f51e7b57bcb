/** Sagas and messages of this instance in numbers, where there is Micrometer: {@code SagaMetrics} and {@code MessageMetrics}. */
package dev.caravan.saga.metrics;
