/** Sagas and messages of this instance in numbers, where there is Micrometer: {@code SagaMetrics} and {@code MessageMetrics}. */
@NullMarked
package dev.caravan.saga.metrics;

import org.jspecify.annotations.NullMarked;
