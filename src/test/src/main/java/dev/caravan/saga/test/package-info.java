/**
 * The test kit: a saga's routes and what is to happen come in, what did happen goes out. {@link
 * dev.caravan.saga.test.SagaScenario} is where to begin. There is no broker, no thread and no waiting: a {@link
 * dev.caravan.saga.test.World} does one thing after another, and time moves when a test moves it.
 *
 * <p>For tests only: nothing in the rest of the library uses it.
 */
@NullMarked
package dev.caravan.saga.test;

import org.jspecify.annotations.NullMarked;
